package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chaos.cluster.NodeProcess;
import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.FormedCluster;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What an operator may do wrong: each is refused with a word that helps. */
class RefusedStartTest {
  private static final int CANNOT_START = 1;
  private static final int BAD_SETTINGS = 2;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private NodeProcess server(String... arguments) {
    String[] all = Stream.concat(Stream.of("server"), Stream.of(arguments)).toArray(String[]::new);
    return NodeProcess.start(folder.resolve("server.log"), "128m", all);
  }

  private void assertRefused(int code, String word, String... arguments) {
    try (NodeProcess process = server(arguments)) {
      assertThat(process.exitCode()).as("%s", process.printed()).isEqualTo(code);
      assertThat(process.printed()).contains(word);
    }
  }

  @Test
  void badSettingsAreRefusedByName() throws IOException {
    assertRefused(BAD_SETTINGS, "node.idd", "--set", "node.idd=n1");
    assertRefused(
        BAD_SETTINGS, "listen.client-port", "--set", "node.id=n1", "--set", "listen.client-port=0");
    Path config = Files.writeString(folder.resolve("bad.yaml"), "raft:\n  election: 5\n");
    assertRefused(BAD_SETTINGS, "raft.election", "--config", config.toString());
    assertRefused(BAD_SETTINGS, "missing.yaml", "--config", folder + "/missing.yaml");
  }

  @Test
  void aDataFolderIsUsedByItsOwnNodeAndByOneProcess() throws IOException {
    try (ProcessCluster cluster = ProcessCluster.form(folder, 1, "192m")) {
      String config = cluster.config("n1").toString();
      assertRefused(
          CANNOT_START,
          "is in use",
          "--config",
          config,
          "--set",
          "listen.client-port=1",
          "--set",
          "listen.peer-port=2");
      cluster.process("n1").kill();
      assertRefused(CANNOT_START, "belongs to node n1", "--config", config, "--set", "node.id=n2");
      try (Stream<Path> logs = Files.list(cluster.dataDir("n1").resolve("raft"))) {
        Path log = logs.filter(Files::isDirectory).sorted().findFirst().orElseThrow();
        Files.move(log, folder.resolve("lost"));
        // The only replica: it stays down and says why, and the process serves its status.
        try (NodeProcess alone = server("--config", config)) {
          await()
              .atMost(Duration.ofSeconds(30))
              .until(() -> alone.printed().contains("its folder is missing"));
          assertThat(alone.isAlive()).isTrue();
        }
        Files.move(folder.resolve("lost"), log);
      }
      cluster.start("n1");
      try (BalsaClient client = cluster.client()) {
        client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      }
    }
  }

  @Test
  void formingTwiceIsFineAndForeignNodesAreRefused() throws IOException {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    try (ProcessCluster first = ProcessCluster.form(one, 1, "192m");
        ProcessCluster second = ProcessCluster.start(two, 2, "192m");
        BalsaClient client = first.client();
        BalsaClient other = second.client()) {
      FormedCluster again =
          client.cluster().init(first.endpoints(), 3, InitListener.NONE).orElseThrow();
      assertThat(again.members()).hasSize(1);
      assertThat(refusal(client.cluster().init(first.endpoints(), 2, InitListener.NONE)).reason())
          .isEqualTo("OTHER_CLUSTER");
      Refusal foreign =
          refusal(
              other
                  .cluster()
                  .init(
                      List.of(first.endpoint("n1"), second.endpoint("n1"), second.endpoint("n2")),
                      3,
                      InitListener.NONE));
      assertThat(foreign.toString()).isNotEmpty();
      assertThat(client.datasets().create("demo", WriteOptions.DEFAULT).isYes()).isTrue();
    }
  }

  private static Refusal refusal(Result<?> result) {
    assertThat(result).isInstanceOf(Result.No.class);
    return ((Result.No<?>) result).refusal();
  }
}
