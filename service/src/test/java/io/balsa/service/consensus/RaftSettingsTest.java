package io.balsa.service.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.BrokenInvariant;
import io.balsa.model.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;

class RaftSettingsTest {
  private static final RaftSettings SETTINGS =
      new RaftSettings(
          Path.of("data", "raft"),
          "10.0.0.1",
          7501,
          new RaftSettings.Timing(
              Duration.ofMillis(500),
              Duration.ofMillis(900),
              Duration.ofMillis(200),
              Duration.ofMillis(510),
              Duration.ofSeconds(5),
              Duration.ofSeconds(3),
              Duration.ofSeconds(20)),
          new RaftSettings.LogSizes(32 << 20, 20_000, 1_000));

  private final RaftProperties properties = SETTINGS.toProperties();

  @Test
  void anAcknowledgedEntryIsOnDisk() {
    assertThat(Log.asyncFlushEnabled(properties)).isFalse();
    assertThat(Log.unsafeFlushEnabled(properties)).isFalse();
    assertThat(Log.StateMachineData.sync(properties)).isTrue();
  }

  @Test
  void aStalledDiskFailsTheLogInsteadOfWaitingForEver() {
    assertThat(Log.StateMachineData.syncTimeout(properties).getDuration()).isEqualTo(20_000);
    assertThat(Log.StateMachineData.syncTimeoutRetry(properties)).isZero();
  }

  @Test
  void aCorruptLogIsAnError() {
    assertThat(Log.corruptionPolicy(properties)).isEqualTo(Log.CorruptionPolicy.EXCEPTION);
  }

  @Test
  void theLargestEntryFitsEveryBuffer() {
    long entry = Log.Appender.bufferByteLimit(properties).getSize();
    assertThat(entry).isGreaterThan(Limits.ENTRY_PAYLOAD_BYTES_MAX);
    assertThat(entry).isGreaterThan(Limits.ENTRY_COMMAND_BYTES_MAX);
    assertThat(Log.writeBufferSize(properties).getSize()).isGreaterThan(entry);
    assertThat(GrpcConfigKeys.messageSizeMax(properties, message -> {}).getSize())
        .isGreaterThan(entry);
  }

  @Test
  void aDeadReplicaDoesNotFillTheOthersDisks() {
    assertThat(Log.purgeUptoSnapshotIndex(properties)).isTrue();
    assertThat(Log.purgePreservationLogNum(properties)).isEqualTo(1_000);
    assertThat(RaftServerConfigKeys.Snapshot.autoTriggerEnabled(properties)).isTrue();
    assertThat(RaftServerConfigKeys.Snapshot.autoTriggerThreshold(properties)).isEqualTo(20_000);
    assertThat(Log.Appender.installSnapshotEnabled(properties)).isFalse();
  }

  @Test
  void timesAndPlacesAreThoseThatWereAskedFor() {
    assertThat(Rpc.timeoutMin(properties).getDuration()).isEqualTo(500);
    assertThat(Rpc.timeoutMax(properties).getDuration()).isEqualTo(900);
    assertThat(Rpc.firstElectionTimeoutMin(properties).getDuration()).isEqualTo(200);
    assertThat(Rpc.firstElectionTimeoutMax(properties).getDuration()).isEqualTo(510);
    assertThat(RaftServerConfigKeys.storageDir(properties))
        .containsExactly(Path.of("data", "raft").toAbsolutePath().toFile());
    assertThat(GrpcConfigKeys.Server.host(properties)).isEqualTo("10.0.0.1");
    assertThat(GrpcConfigKeys.Server.port(properties)).isEqualTo(7501);
  }

  @Test
  void noLeaderLeaseIsTrustedForReads() {
    assertThat(Read.leaderLeaseEnabled(properties)).isFalse();
    assertThat(Read.option(properties)).isEqualTo(Read.Option.LINEARIZABLE);
  }

  @Test
  void aNodeThatCannotBeElectedDoesNotRaiseTheTerm() {
    assertThat(RaftServerConfigKeys.LeaderElection.preVote(properties)).isTrue();
  }

  @Test
  void whatLosesDataIsRefusedWhoeverSetsIt() {
    assertThatCode(() -> RaftSettings.requireSafe(SETTINGS.toProperties()))
        .doesNotThrowAnyException();
    refused(p -> Log.setAsyncFlushEnabled(p, true), "no asynchronous flush");
    refused(p -> Log.setUnsafeFlushEnabled(p, true), "no unsafe flush");
    refused(
        p -> Log.setCorruptionPolicy(p, Log.CorruptionPolicy.WARN_AND_RETURN),
        "corruption is an error");
    refused(p -> Log.StateMachineData.setSync(p, false), "before their entry");
    refused(p -> RaftConfigKeys.Rpc.setType(p, SupportedRpcType.NETTY), "gRPC");
    refused(p -> Log.Appender.setInstallSnapshotEnabled(p, true), "our own transfer");
  }

  @Test
  void buffersThatCannotHoldAnEntryAreRefused() {
    refused(
        p -> Log.setWriteBufferSize(p, SizeInBytes.valueOf(1 << 20)), "holds the largest entry");
    refused(
        p -> {
          Log.setWriteBufferSize(p, SizeInBytes.valueOf(80 << 20));
          Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf(64 << 20));
        },
        "a message holds the largest entry");
    refused(
        p -> Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf(1 << 20)),
        "holds the largest command");
  }

  private static void refused(Consumer<RaftProperties> change, String why) {
    RaftProperties unsafe = SETTINGS.toProperties();
    change.accept(unsafe);
    assertThatThrownBy(() -> RaftSettings.requireSafe(unsafe))
        .isInstanceOf(BrokenInvariant.class)
        .hasMessageContaining(why);
  }
}
