package io.balsa.chaos.crash;

import static io.balsa.chaos.calls.Call.FORCE;
import static io.balsa.chaos.calls.Call.RENAME;
import static io.balsa.chaos.calls.Call.WRITE;
import static io.balsa.chaos.calls.Errno.EIO;
import static io.balsa.chaos.calls.Errno.ENOSPC;
import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chaos.calls.Call;
import io.balsa.chaos.calls.Errno;
import io.balsa.chaos.calls.FaultyCalls;
import io.balsa.chaos.cluster.NodeProcess;
import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.observe.Halt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real nodes whose system calls fail, those of Ratis, RocksDB and the JDK among them. Where a node
 * may do without what failed, it would be worth nothing: it ends, at once, and says what failed.
 */
class FailedCallTest {
  private static final String LAST_WORDS = "balsa: the node stops: ";

  /** Vote and configuration are written when a leader is elected, so here at each start. */
  private static final List<Row> ROWS =
      List.of(
          Row.of("/log_inprogress_", FORCE, EIO, "the Raft log of ").blocking(),
          Row.of("/raft-meta.tmp", WRITE, ENOSPC, "the vote of ").fromTheStart(),
          Row.of("/raft-meta.conf.tmp", FORCE, EIO, "the configuration of ").fromTheStart(),
          Row.of(".pack", WRITE, ENOSPC, "cannot write to the packs in ").blocking(),
          Row.of(".pack", FORCE, EIO, "cannot sync the packs in ").blocking(),
          Row.of(".sst", FORCE, EIO, "StorageFailure: "),
          Row.of("/MANIFEST-", WRITE, EIO, "StorageFailure: "),
          Row.of("/watermark", WRITE, EIO, "the watermark cannot be written"));

  /** With {@code -Dcalls.all=true}: each takes as long as two starts of a node. */
  private static final List<Row> MORE_ROWS =
      List.of(
          Row.of("/log_inprogress_", WRITE, EIO, "the Raft log of ").blocking(),
          Row.of("/log_inprogress_", WRITE, ENOSPC, "the Raft log of ").blocking(),
          Row.of("/raft-meta.tmp", RENAME, EIO, "the vote of ").fromTheStart(),
          Row.of(".sst", WRITE, ENOSPC, "StorageFailure: "),
          Row.of("/MANIFEST-", FORCE, EIO, "StorageFailure: "),
          Row.of("/watermark", FORCE, EIO, "the watermark cannot be written"));

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  /**
   * What fails.
   *
   * @param part of the path
   * @param says what the last words hold
   * @param isBlocking whether every put must pass the failing call to be acknowledged
   * @param isFromTheStart whether it fails in a process that starts, and not under one that runs
   */
  private record Row(
      String part,
      Set<Call> calls,
      Errno error,
      String says,
      boolean isBlocking,
      boolean isFromTheStart) {
    static Row of(String part, Call call, Errno error, String says) {
      return new Row(part, EnumSet.of(call), error, says, false, false);
    }

    Row blocking() {
      return new Row(part, calls, error, says, true, isFromTheStart);
    }

    Row fromTheStart() {
      return new Row(part, calls, error, says, isBlocking, true);
    }

    @Override
    public String toString() {
      return error + " at " + calls + " of " + part;
    }
  }

  @Test
  @Timeout(300)
  void aNodeWhoseCallFailsEndsWithOneClearLineAndComesBackWithAllThatItAcknowledged() {
    FaultyCalls calls = FaultyCalls.install(folder);
    try (ProcessCluster cluster = ProcessCluster.form(folder, 1, alone(calls));
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      try (Writers writers = new Writers(client, "demo", 2)) {
        List<Row> rows = new ArrayList<>(ROWS);
        rows.addAll(Boolean.getBoolean("calls.all") ? MORE_ROWS : List.of());
        for (Row row : rows) {
          writers.awaitMore(20);
          FaultyCalls.Rule rule = endBy(row, calls, cluster);
          if (row.isBlocking) {
            assertThat(writers.latestBeginNanos())
                .as("%s: begun behind it and acknowledged", row)
                .isLessThan(rule.firstBiteNanos().orElseThrow());
          }
          rule.end();
          cluster.start("n1");
          writers.awaitMore(20);
          writers.assertAllThere(ReadOptions.DEFAULT);
        }
      }
    }
  }

  /** What fails is forced at the end alone: the last pack, and what a store has in memory. */
  @Test
  @Timeout(300)
  void aNodeThatIsToldToStopAndCannotForceDoesNotEndAsIfItHadStopped() {
    FaultyCalls calls = FaultyCalls.install(folder);
    try (ProcessCluster cluster = ProcessCluster.form(folder, 1, alone(calls));
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      for (String part : List.of(".pack", ".sst")) {
        try (Writers writers = new Writers(client, "demo", 2)) {
          writers.awaitMore(20);
          writers.finish();
          NodeProcess process = cluster.process("n1");
          int said = lastWords(process).size();
          FaultyCalls.Rule rule = calls.fail(EnumSet.of(FORCE), EIO, part);
          process.terminate();
          assertEnds("a force of " + part + " at the end", process, rule);
          assertThat(lastWords(process)).hasSize(said + 1);
          assertThat(lastWords(process).getLast()).contains(EIO.text());
          rule.end();
          cluster.start("n1");
          writers.assertAllThere(ReadOptions.DEFAULT);
        }
      }
    }
  }

  @Test
  @Timeout(300)
  void theOthersServeWhileANodeEndsAndEndsAgainUntilItsDiskIsWhole() {
    FaultyCalls calls = FaultyCalls.install(folder);
    var shape =
        new ProcessCluster.Shape(
            "256m", CrashRun.CHUNK_GROUPS, folder, CrashRun.SETTINGS, calls.environment());
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, shape);
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      try (Writers writers = new Writers(client, "demo", 2)) {
        writers.awaitMore(20);
        String leader = cluster.awaitLeader(client, "catalog");
        var _ = writers.longestGap();
        FaultyCalls.Rule disk = calls.fail(EnumSet.of(FORCE), EIO, "/" + leader + "/");
        assertEnds("a force of any file of the leader", cluster.process(leader), disk);
        writers.awaitMore(50);
        System.err.println("longest gap of writes: " + writers.longestGap());
        cluster.start(leader);
        var _ = cluster.process(leader).exitCode();
        assertThat(cluster.process(leader).printed().lines())
            .filteredOn(line -> line.startsWith("balsa: the node "))
            .hasSize(2);
        writers.awaitMore(20);
        disk.end();
        cluster.start(leader);
        cluster.awaitAllUp(client);

        String next = cluster.awaitLeader(client, "catalog");
        String voter = next.equals("n1") ? "n2" : "n1";
        FaultyCalls.Rule vote =
            calls.fail(EnumSet.of(FORCE), EIO, "/" + voter + "/", "/raft-meta.tmp");
        cluster.process(next).kill();
        assertEnds("a force of the vote of " + voter, cluster.process(voter), vote);
        cluster.start(next);
        writers.awaitMore(20);
        vote.end();
        cluster.start(voter);
        writers.awaitMore(20);
        writers.finish();
        cluster.awaitSameState(client);
        for (String node : cluster.nodes()) {
          writers.assertAllThere(ReadOptions.DEFAULT.onNode(cluster.endpoint(node)));
        }
      }
    }
  }

  private ProcessCluster.Shape alone(FaultyCalls calls) {
    return new ProcessCluster.Shape(
        "256m",
        CrashRun.CHUNK_GROUPS,
        folder,
        Stream.concat(CrashRun.SETTINGS.stream(), CrashRun.ALONE.stream()).toList(),
        calls.environment());
  }

  private static FaultyCalls.Rule endBy(Row row, FaultyCalls calls, ProcessCluster cluster) {
    if (row.isFromTheStart) {
      cluster.process("n1").kill();
    }
    int said = lastWords(cluster.process("n1")).size();
    FaultyCalls.Rule rule = calls.fail(row.calls, row.error, row.part);
    if (row.isFromTheStart) {
      cluster.start("n1");
    }
    assertEnds(row.toString(), cluster.process("n1"), rule);
    List<String> words = lastWords(cluster.process("n1"));
    assertThat(words).as("%s", row).hasSize(said + 1);
    assertThat(words.getLast()).as("%s", row).contains(row.says);
    if (!row.isFromTheStart) {
      // Ratis keeps to itself why it could not write the others.
      assertThat(words.getLast()).as("%s", row).contains(row.error.text());
    }
    return rule;
  }

  private static void assertEnds(String what, NodeProcess process, FaultyCalls.Rule rule) {
    int code = process.exitCode();
    long endNanos = System.nanoTime();
    assertThat(rule.bites()).as("%s", what).isPositive();
    System.err.printf(
        "%s: the process ends %d ms after the first%n",
        what, (endNanos - rule.firstBiteNanos().orElseThrow()) / 1_000_000);
    assertThat(code).as("%s: %s", what, process.printed()).isEqualTo(Halt.EXIT_CODE);
  }

  private static List<String> lastWords(NodeProcess process) {
    return process.printed().lines().filter(line -> line.startsWith(LAST_WORDS)).toList();
  }
}
