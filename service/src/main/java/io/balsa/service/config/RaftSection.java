package io.balsa.service.config;

import java.time.Duration;

/** Settings under {@code raft}. */
public record RaftSection(
    @NumberSetting(
            meaning =
                "The shortest silence of a leader after which a follower stands for election;"
                    + " far above a round trip and an fsync.",
            unit = "ms",
            byDefault = 500,
            min = 50,
            max = 60_000)
        Duration electionTimeoutMin,
    @NumberSetting(
            meaning = "The longest such silence; each follower draws its own between the two.",
            unit = "ms",
            byDefault = 900,
            min = 80,
            max = 120_000)
        Duration electionTimeoutMax,
    @NumberSetting(
            meaning = "As raft.election-timeout-min-ms, for the first election after a start.",
            unit = "ms",
            byDefault = 200,
            min = 50,
            max = 60_000)
        Duration firstElectionTimeoutMin,
    @NumberSetting(
            meaning = "As raft.election-timeout-max-ms, for the first election after a start.",
            unit = "ms",
            byDefault = 500,
            min = 80,
            max = 120_000)
        Duration firstElectionTimeoutMax,
    @NumberSetting(
            meaning =
                "How long the node waits for one proposal to commit; after it the caller is told"
                    + " that the outcome is unknown.",
            unit = "ms",
            byDefault = 5_000,
            min = 100,
            max = 600_000)
        Duration requestTimeout,
    @NumberSetting(
            meaning =
                "How long a write that committed waits for more replicas than a majority; after"
                    + " it the receipt says which durability was reached.",
            unit = "ms",
            byDefault = 3_000,
            min = 10,
            max = 600_000)
        Duration watchTimeout,
    @NumberSetting(
            meaning = "The size at which a log segment is closed and the next one begun.",
            unit = "bytes",
            byDefault = RaftSection.MIB * 32,
            min = RaftSection.MIB,
            max = RaftSection.MIB * 1_024)
        long segmentBytesMax,
    @NumberSetting(
            meaning = "How many entries are applied between two snapshots of a group.",
            unit = "entries",
            byDefault = 20_000,
            min = 10,
            max = 100_000_000)
        long snapshotEveryEntries,
    @NumberSetting(
            meaning =
                "How many entries below a snapshot stay in the log for slow followers; one"
                    + " further behind gets the snapshot.",
            unit = "entries",
            byDefault = 1_000,
            min = 0,
            max = 100_000_000)
        long purgeKeepEntries,
    @NumberSetting(
            meaning =
                "How much a group's log may grow before it is purged, whatever its entries number.",
            unit = "bytes",
            byDefault = RaftSection.MIB * 256,
            min = RaftSection.MIB,
            max = 1L << 40)
        long logBytesMax,
    @NumberSetting(
            meaning =
                "How long a write of chunks may stall before the node halts, for its peers to go on"
                    + " without it.",
            unit = "ms",
            byDefault = 20_000,
            min = 1_000,
            max = 600_000)
        Duration slowStop,
    @NumberSetting(
            meaning =
                "How often the replicas of a group compare the digests of their states, where"
                    + " something changed.",
            unit = "ms",
            byDefault = 30_000,
            min = 100,
            max = 86_400_000)
        Duration digestInterval) {

  /** A mebibyte. */
  static final int MIB = 1 << 20;

  /**
   * Checks.
   *
   * @throws InvalidSettings if followers would stand for election together again and again, or a
   *     stall would halt the node before its peers could elect another leader
   */
  public RaftSection {
    new Relations()
        .require(
            spread(electionTimeoutMin, electionTimeoutMax),
            "raft.election-timeout-max-ms",
            electionTimeoutMax,
            wanted("raft.election-timeout-min-ms", electionTimeoutMin))
        .require(
            spread(firstElectionTimeoutMin, firstElectionTimeoutMax),
            "raft.first-election-timeout-max-ms",
            firstElectionTimeoutMax,
            wanted("raft.first-election-timeout-min-ms", firstElectionTimeoutMin))
        .require(
            slowStop.compareTo(electionTimeoutMax) > 0,
            "raft.slow-stop-ms",
            slowStop,
            "more than raft.election-timeout-max-ms, " + electionTimeoutMax.toMillis())
        .check();
  }

  /** Whether draws between the two are far enough apart for one candidate to win (Raft, 9.3). */
  private static boolean spread(Duration min, Duration max) {
    return max.toMillis() * 10 >= min.toMillis() * 16;
  }

  private static String wanted(String key, Duration min) {
    long atLeast = (min.toMillis() * 16 + 9) / 10;
    return "at least 1.6 times " + key + ", " + atLeast + ", or elections would often be split";
  }
}
