package io.balsa.service.consensus;

import io.balsa.model.BrokenInvariant;
import io.balsa.model.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Every Ratis setting that we choose, each with its reason. Nothing else in the project sets one.
 *
 * @param folder where the logs are; made where it is missing
 * @param bindHost where the Raft server listens
 * @param bindPort its port
 * @param timing elections and requests
 * @param log sizes of the log
 */
public record RaftSettings(
    Path folder, String bindHost, int bindPort, Timing timing, LogSizes log) {

  /**
   * Elections and requests.
   *
   * @param electionMin a follower that hears nothing for so long stands for election at the
   *     earliest; heartbeats come at half of it
   * @param electionMax at the latest; at least 1.6 times {@code electionMin}, against split votes
   * @param firstElectionMin the same, right after start
   * @param firstElectionMax the same, right after start
   * @param request a request between peers; also the limit of a leadership transfer
   * @param watch how long a write waits for all replicas
   * @param stall a write of chunks that takes longer fails the log, and so stops the node
   */
  public record Timing(
      Duration electionMin,
      Duration electionMax,
      Duration firstElectionMin,
      Duration firstElectionMax,
      Duration request,
      Duration watch,
      Duration stall) {}

  /**
   * Sizes of the log.
   *
   * @param segmentBytesMax a log file; purging goes by whole files
   * @param snapshotEveryEntries a store is flushed, and the log purged, each so many entries
   * @param purgeKeepEntries entries kept behind a flush, for followers that are a little late
   */
  public record LogSizes(long segmentBytesMax, long snapshotEveryEntries, long purgeKeepEntries) {}

  /** Room in an entry for what is neither payload nor commands. */
  private static final long ENTRY_OVERHEAD_BYTES = 1 << 20;

  private static final long ENTRY_BYTES_MAX = Limits.ENTRY_PAYLOAD_BYTES_MAX + ENTRY_OVERHEAD_BYTES;

  private static final long WRITE_BUFFER_BYTES = ENTRY_BYTES_MAX + (1 << 20);

  private static final long RPC_MESSAGE_BYTES_MAX = 64 << 20;

  /** Threads of each bounded Ratis pool. */
  private static final int POOL_THREADS = 8;

  /** The settings as Ratis takes them, checked. */
  RaftProperties toProperties() {
    RaftProperties properties = new RaftProperties();
    setStorage(properties);
    setTiming(properties);
    setLog(properties);
    setStateMachineData(properties);
    setSnapshots(properties);
    setTransport(properties);
    setThreads(properties);
    requireSafe(properties);
    return properties;
  }

  private void setStorage(RaftProperties p) {
    // The default is the system's temporary folder.
    RaftServerConfigKeys.setStorageDir(p, List.of(folder.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(p, folder.resolveSibling("raft-removed").toFile());
  }

  private void setTiming(RaftProperties p) {
    Rpc.setTimeoutMin(p, time(timing.electionMin));
    Rpc.setTimeoutMax(p, time(timing.electionMax));
    Rpc.setFirstElectionTimeoutMin(p, time(timing.firstElectionMin));
    Rpc.setFirstElectionTimeoutMax(p, time(timing.firstElectionMax));
    Rpc.setRequestTimeout(p, time(timing.request));
    RaftServerConfigKeys.Watch.setTimeout(p, time(timing.watch));
    // The grid on which watch timeouts fire.
    RaftServerConfigKeys.Watch.setTimeoutDenomination(p, time(Duration.ofMillis(100)));
    // Keeps a node that cannot be elected from raising the term (Raft dissertation §9.6).
    RaftServerConfigKeys.LeaderElection.setPreVote(p, true);
    // After losing its majority a leader does not stand again for so long; the default of 10 s
    // prolongs the outage of three nodes with one down.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, time(Duration.ofSeconds(2)));
    // A replica that is taken in again counts as caught up when so few entries are missing; the
    // default is 1000, which may be gigabytes. A silence that takes longer ends the try.
    RaftServerConfigKeys.setStagingCatchupGap(p, 64);
    RaftServerConfigKeys.setStagingTimeout(p, time(Duration.ofSeconds(10)));
    RaftServerConfigKeys.Notification.setNoLeaderTimeout(p, time(Duration.ofSeconds(15)));
  }

  private void setLog(RaftProperties p) {
    // Either of these acknowledges entries that are not on disk (3.3.0 marks them flushed).
    Log.setAsyncFlushEnabled(p, false);
    Log.setUnsafeFlushEnabled(p, false);
    // A corrupt log is repaired by re-joining, not by dropping its tail in silence.
    Log.setCorruptionPolicy(p, Log.CorruptionPolicy.EXCEPTION);
    // Our stores hold their applied position; an extra entry after each commit would only double
    // the log's traffic.
    Log.setLogMetadataEnabled(p, false);
    Log.setSegmentSizeMax(p, SizeInBytes.valueOf(log.segmentBytesMax));
    Log.setPreallocatedSize(p, SizeInBytes.valueOf(Math.min(4 << 20, log.segmentBytesMax)));
    Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf(ENTRY_BYTES_MAX));
    Log.Appender.setBufferElementLimit(p, 1_024);
    // Tries of an appender whose follower does not answer: time between two, how many. The default
    // ends at 5 s, by which a node that comes back would wait.
    Log.Appender.setRetryPolicy(p, "1ms,10, 100ms,20, 500ms,1000");
    Log.setWriteBufferSize(p, SizeInBytes.valueOf(WRITE_BUFFER_BYTES));
    // Catalog entries kept on the heap; followers that are further behind read the files.
    Log.setSegmentCacheNumMax(p, 2);
    Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf(64 << 20));
    Log.setQueueElementLimit(p, 1_024);
    Log.setQueueByteLimit(p, SizeInBytes.valueOf(64 << 20));
    // A dead replica must not fill the others' disks.
    Log.setPurgeUptoSnapshotIndex(p, true);
    Log.setPurgeGap(p, 1);
    Log.setPurgePreservationLogNum(p, log.purgeKeepEntries);
  }

  private void setStateMachineData(RaftProperties p) {
    // The log worker waits for the chunks of an entry before it writes the entry.
    Log.StateMachineData.setSync(p, true);
    // The payload window and the packs serve the appenders; Ratis keeps no second copy.
    Log.StateMachineData.setCachingEnabled(p, true);
    // A write that takes longer is a broken disk: the log fails and the node stops. The default
    // waits for ever.
    Log.StateMachineData.setSyncTimeout(p, time(timing.stall));
    Log.StateMachineData.setSyncTimeoutRetry(p, 0);
    Log.StateMachineData.setReadTimeout(p, time(Duration.ofSeconds(5)));
  }

  private void setSnapshots(RaftProperties p) {
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, log.snapshotEveryEntries);
    RaftServerConfigKeys.Snapshot.setCreationGap(p, 1);
    // Ratis' own transfer does not sync what it received; ours is told by a notification.
    Log.Appender.setInstallSnapshotEnabled(p, false);
  }

  private void setTransport(RaftProperties p) {
    RaftConfigKeysRpc.setType(p, new JoiningRpc());
    GrpcConfigKeys.Server.setHost(p, bindHost);
    GrpcConfigKeys.Server.setPort(p, bindPort);
    GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf(RPC_MESSAGE_BYTES_MAX));
    GrpcConfigKeys.setFlowControlWindow(p, SizeInBytes.valueOf(8 << 20));
    // Heartbeats must not wait behind megabytes.
    GrpcConfigKeys.Server.setHeartbeatChannel(p, true);
    // Our own path serves linearizable reads; this is for strays.
    Read.setOption(p, Read.Option.LINEARIZABLE);
  }

  private static void setThreads(RaftProperties p) {
    // With cached=true (the default) a pool of any size has one thread.
    RaftServerConfigKeys.ThreadPool.setProxyCached(p, false);
    RaftServerConfigKeys.ThreadPool.setProxySize(p, POOL_THREADS);
    RaftServerConfigKeys.ThreadPool.setClientCached(p, false);
    RaftServerConfigKeys.ThreadPool.setClientSize(p, POOL_THREADS);
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolCached(p, false);
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(p, POOL_THREADS);
  }

  /** Refuses what loses data, whoever set it. */
  static void requireSafe(RaftProperties p) {
    require(!Log.asyncFlushEnabled(p), "raft log: no asynchronous flush");
    require(!Log.unsafeFlushEnabled(p), "raft log: no unsafe flush");
    require(
        Log.corruptionPolicy(p) == Log.CorruptionPolicy.EXCEPTION,
        "raft log: corruption is an error");
    require(Log.StateMachineData.sync(p), "chunks: written before their entry");
    require(RaftConfigKeysRpc.type(p) instanceof JoiningRpc, "transport: gRPC, our appender");
    require(!Log.Appender.installSnapshotEnabled(p), "snapshots: our own transfer");
    require(
        Log.writeBufferSize(p).getSize() >= Log.Appender.bufferByteLimit(p).getSize() + 8,
        "the write buffer holds the largest entry");
    require(
        RPC_MESSAGE_BYTES_MAX >= Log.Appender.bufferByteLimit(p).getSize() + (1 << 20),
        "a message holds the largest entry");
    require(
        Log.Appender.bufferByteLimit(p).getSize() > Limits.ENTRY_COMMAND_BYTES_MAX,
        "an entry holds the largest command");
  }

  private static void require(boolean holds, String what) {
    BrokenInvariant.check(holds, what);
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
  }

  /** The one key that Ratis keeps in a class with a clashing name. */
  private static final class RaftConfigKeysRpc {
    static void setType(RaftProperties p, RpcType type) {
      org.apache.ratis.RaftConfigKeys.Rpc.setType(p, type);
    }

    static RpcType type(RaftProperties p) {
      return org.apache.ratis.RaftConfigKeys.Rpc.type(p, message -> {});
    }
  }
}
