package io.balsa.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.ReplicaReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPartsTest {
  @TempDir private Path folder;

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
            new ReplicaReport.Volume(0, 0, 0),
            "");
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

  @Test
  void settingsGoToTheirSections() throws Exception {
    NodeCommand command =
        new NodeCommand(List.of("/bin/sh", "-c", "exit 0"))
            .with(Map.of("raft.purge-keep-entries", "0", "node.note", "x"));
    NodeProcess node = new NodeProcess("n1", folder.resolve("n1"), command, 1, 2);
    node.start();
    assertThat(node.awaitEnd(Duration.ofSeconds(20))).isTrue();
    assertThat(folder.resolve("n1/balsa.yaml"))
        .content()
        .contains("listen:\n  client-host: 127.0.0.1\n  client-port: 2\n")
        .contains("node:\n  data-dir: ")
        .contains("  note: x\nraft:\n  purge-keep-entries: 0\n")
        .containsOnlyOnce("node:");
  }

  @Test
  void aSettingWithoutItsSectionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NodeCommand(List.of("x")).with(Map.of("port", "1")))
        .withMessage("setting='port', want section.name");
  }
}
