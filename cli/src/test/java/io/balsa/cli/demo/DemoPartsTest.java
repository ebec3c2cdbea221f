package io.balsa.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReadLevel;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.ReplicaReport;
import io.balsa.client.model.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoPartsTest {
  private static ComparingStream comparing(String right) {
    return new ComparingStream(
        "f", new ByteArrayInputStream(right.getBytes(StandardCharsets.UTF_8)));
  }

  private static void write(ComparingStream stream, String text) throws IOException {
    byte[] bytes = ("--" + text).getBytes(StandardCharsets.UTF_8);
    stream.write(bytes, 2, bytes.length - 2);
  }

  @Test
  void equalBytesAreEqualHoweverTheyCome() throws IOException {
    ComparingStream stream = comparing("hello");
    write(stream, "he");
    stream.write('l');
    write(stream, "lo");
    assertThat(stream.end()).isEqualTo(5);
  }

  @Test
  void theFirstWrongByteIsNamed() throws IOException {
    ComparingStream stream = comparing("hello");
    write(stream, "he");
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> write(stream, "lxo"))
        .withMessage("f differs at byte 3");
  }

  @Test
  void tooFewAndTooManyBytesAreWrong() throws IOException {
    ComparingStream few = comparing("hello");
    write(few, "hell");
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(few::end)
        .withMessage("f ends at byte 4, its file goes on");
    ComparingStream many = comparing("hello");
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> write(many, "hello!"))
        .withMessage("f goes on where its file ends at byte 5");
  }

  private static WriteLog.Write write(long begun, long acknowledged) {
    return new WriteLog.Write("p", new Sha256(0, 0, 0, 0), begun, acknowledged);
  }

  @Test
  void theGapEndsWithTheFirstWriteThatBeganAfterTheKill() {
    WriteLog log = new WriteLog();
    log.add(write(0, 10));
    log.add(write(20, 120));
    assertThat(log.gapAfter(100)).isEmpty();
    log.add(write(130, 900));
    log.add(write(910, 920));
    assertThat(log.gapAfter(100)).contains(Duration.ofNanos(800));
    assertThat(log.countAfter(100)).isEqualTo(2);
  }

  private static NodeStatus node(String name, long revision, long applied, String digest) {
    ReplicaReport replica =
        new ReplicaReport(
            "catalog",
            "g",
            GroupRole.FOLLOWER,
            "n1",
            new ReplicaReport.Position(1, applied, applied, 0),
            digest,
            applied,
            new ReplicaReport.Volume(0, 0, 0));
    return new NodeStatus.Reachable(
        new Endpoint("h", 1),
        new NodeIdentity(name, name, "c", "h:1", "h:1", ""),
        List.of(),
        List.of(replica),
        revision,
        new NodeStatus.Health(Optional.empty(), 0, Duration.ZERO, List.of()));
  }

  @Test
  void replicasAgreeAtTheSameIndexWithTheSameDigest() {
    List<NodeStatus> status =
        List.of(node("n1", 7, 9, "aa"), node("n2", 7, 9, "aa"), node("n3", 7, 9, "aa"));
    assertThat(Convergence.of(status, 3))
        .isEqualTo(new Convergence.Agreed(7, Map.of("catalog", "aa")));
  }

  @Test
  void aReplicaThatLagsIsAwaited() {
    List<NodeStatus> status =
        List.of(node("n1", 7, 9, "aa"), node("n2", 7, 9, "aa"), node("n3", 5, 6, "bb"));
    assertThat(Convergence.of(status, 3))
        .isEqualTo(new Convergence.Waiting("revision n3 5 of 7; catalog n3 6 of 9"));
  }

  @Test
  void aNodeThatIsDownIsAwaited() {
    NodeStatus down =
        new NodeStatus.Unreachable(
            new Endpoint("h", 1), Optional.empty(), Refusal.of(RefusalCode.UNAVAILABLE, "", ""));
    List<NodeStatus> status = List.of(node("n1", 7, 9, "aa"), node("n2", 7, 9, "aa"), down);
    assertThat(Convergence.of(status, 3)).isEqualTo(new Convergence.Waiting("2 of 3 nodes answer"));
  }

  @Test
  void differentDigestsAtOneIndexAreADivergenceEvenWhileANodeLags() {
    List<NodeStatus> status =
        List.of(node("n1", 7, 9, "aa"), node("n2", 7, 9, "bb"), node("n3", 5, 6, "cc"));
    assertThat(Convergence.of(status, 3))
        .isEqualTo(new Convergence.Diverged("catalog: n1 and n2 differ at index 9"));
  }

  @Test
  void aReceiptThatProvesLessThanAskedIsAFailure() throws DemoFailed {
    ReadReceipt old =
        new ReadReceipt("n1", 7, ReadLevel.BOUNDED, Optional.of(Duration.ofMillis(501)));
    assertThatExceptionOfType(DemoFailed.class).isThrownBy(() -> Level.BOUNDED.check(old, "n1", 7));
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> Level.EVENTUAL.check(old, "n1", 7));
    ReadReceipt good =
        new ReadReceipt("n1", 7, ReadLevel.BOUNDED, Optional.of(Duration.ofMillis(500)));
    Level.BOUNDED.check(good, "n1", 7);
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> Level.BOUNDED.check(good, "n2", 7));
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> Level.BOUNDED.check(good, "n1", 8));
  }

  @Test
  void portsAreDifferent() throws IOException {
    assertThat(new HashSet<>(FreePorts.find(6))).hasSize(6);
  }

  @Test
  void theLauncherStartsNodesAndWithoutOneThisJavaDoes() {
    Path config = Path.of("f.yaml");
    assertThat(NodeCommand.of(Optional.of(Path.of("/b/balsa")), Path.of("/j"), "cp").server(config))
        .containsExactly("/b/balsa", "server", "--config", "f.yaml");
    assertThat(NodeCommand.of(Optional.empty(), Path.of("/j"), "cp").server(config))
        .startsWith("/j/bin/java")
        .containsSequence("-cp", "cp", "io.balsa.service.BalsaNode", "server", "--config");
  }
}
