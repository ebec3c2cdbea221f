package io.balsa.service;

import io.balsa.chunk.PackOptions;
import io.balsa.replica.ChunkStateMachine;
import io.balsa.replica.SnapshotLoans;
import io.balsa.rocks.RocksMemory;
import io.balsa.service.admission.ByteRate;
import io.balsa.service.collection.CollectionPolicy;
import io.balsa.service.config.NodeConfig;
import io.balsa.service.consensus.LocalCatalog;
import io.balsa.service.consensus.LocalChunks;
import io.balsa.service.consensus.RaftSettings;
import io.balsa.service.disk.DiskSpace;
import io.balsa.service.grpc.ServerOptions;
import io.balsa.service.grpc.ServiceOptions;
import io.balsa.service.grpc.SnapshotServing;
import io.balsa.service.upkeep.CompactionRule;
import io.balsa.service.upkeep.Upkeep;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Hands each part of the node the settings that it asks for. */
final class NodeSettings {
  /** A member that takes all its groups from this node at once finds all of them again. */
  private static final int IDLE_LOANS_MAX = 8;

  private NodeSettings() {}

  static RaftSettings raft(NodeConfig config, Path folder) {
    var raft = config.raft();
    return new RaftSettings(
        folder,
        config.listen().peerHost(),
        config.listen().peerPort(),
        new RaftSettings.Timing(
            raft.electionTimeoutMin(),
            raft.electionTimeoutMax(),
            raft.firstElectionTimeoutMin(),
            raft.firstElectionTimeoutMax(),
            raft.requestTimeout(),
            raft.watchTimeout(),
            raft.slowStop()),
        new RaftSettings.LogSizes(
            raft.segmentBytesMax(), raft.snapshotEveryEntries(), raft.purgeKeepEntries()));
  }

  static LocalCatalog.Settings catalog(NodeConfig config) {
    var catalog = config.catalog();
    return new LocalCatalog.Settings(
        catalog.batchCommandsMax(),
        catalog.batchBytesMax(),
        catalog.batchesInFlightMax(),
        catalog.repliesKeptRevisions(),
        catalog.repliesKept());
  }

  static LocalChunks.Settings chunks(NodeConfig config) {
    return new LocalChunks.Settings(
        config.chunks().entryBytesMax(), config.chunks().entriesInFlightMax());
  }

  /** The window is the node's; its groups share it evenly. */
  static ChunkStateMachine.Settings chunkStore(NodeConfig config, int groups) {
    return new ChunkStateMachine.Settings(
        PackOptions.DEFAULT.withPackBytesMax(config.chunks().packBytesMax()),
        config.chunks().windowBytes() / groups);
  }

  /** What lends snapshots, at the configured rate. */
  static SnapshotServing snapshots(NodeConfig config, SnapshotLoans.Lender lender) {
    var settings = config.snapshots();
    return new SnapshotServing(
        new SnapshotLoans(
            lender,
            new SnapshotLoans.Settings(settings.keptFor(), IDLE_LOANS_MAX),
            System::nanoTime,
            new SecureRandom()),
        new ByteRate(settings.sendBytesPerSecond(), System::nanoTime, Thread::sleep),
        new Semaphore(settings.servedMax()));
  }

  /** What all stores of the node share. */
  static RocksMemory memory(NodeConfig config) {
    return new RocksMemory(
        config.memory().rocksdbCacheBytes(), config.memory().rocksdbWriteBufferBytes());
  }

  static CollectionPolicy collection(NodeConfig config) {
    var collection = config.collection();
    return new CollectionPolicy(
        collection.retainedRevisions(),
        collection.retainedFor(),
        collection.grace(),
        collection.entriesPerSecond());
  }

  static Upkeep.Settings upkeep(NodeConfig config) throws IOException {
    var compaction = config.compaction();
    DiskSpace.Gauge disk = DiskSpace.Gauge.of(config.node().dataDir());
    long startBytes = config.disk().startNeedsBytes();
    return new Upkeep.Settings(
        config.scrub().bytesPerSecond(),
        config.scrub().pause(),
        new CompactionRule(
            compaction.bytesPerSecond(),
            compaction.deadBytesMin(),
            compaction.deadPercentMax() / 100.0,
            () -> disk.look().freeBytes() - startBytes));
  }

  static ServerOptions server(NodeConfig config) {
    return new ServerOptions(
        config.listen().clientHost(), config.listen().clientPort(), config.limits().streamsMax());
  }

  static ServiceOptions service(NodeConfig config) {
    return new ServiceOptions(
        config.limits().requestTimeout(),
        Duration.ofSeconds(60),
        config.raft().watchTimeout(),
        Duration.ofMillis(500),
        config.chunks().chunkBytes(),
        2);
  }
}
