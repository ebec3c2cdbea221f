package io.balsa.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.fake.FakeBalsa;
import io.balsa.cli.fake.FakeNodes;
import io.balsa.cli.fake.FakeStore;
import io.balsa.cli.local.NodeCommand;
import io.balsa.cli.render.Progress;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole story: real processes that are really killed, over a cluster in memory. */
class DemoRunTest {
  private static final Duration CALL = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private Path input;
  private Path temporary;
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private final FakeStore store = new FakeStore();

  @BeforeEach
  void aFolderIsThere() throws IOException {
    input = Files.createDirectories(folder.resolve("input"));
    temporary = Files.createDirectories(folder.resolve("tmp"));
    Files.writeString(Files.createDirectories(input.resolve("deep")).resolve("a"), "hello");
    Files.write(input.resolve("b"), new byte[300_000]);
    Files.createFile(input.resolve("empty"));
    Files.createSymbolicLink(input.resolve("link"), input.resolve("b"));
  }

  private static NodeCommand stub() {
    return new NodeCommand(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            StubNode.class.getName()));
  }

  private Optional<ObjectNode> run(NodeCommand command, boolean keep, int kills, Duration whole)
      throws Exception {
    Function<ClientOptions, BalsaClient> connect =
        FakeBalsa.over(store, new FakeNodes(StubNode::ask), new ConcurrentLinkedQueue<>());
    DemoOptions options =
        new DemoOptions(
            input,
            temporary,
            command,
            keep,
            kills,
            new DemoOptions.Limits(whole, CALL, Duration.ofMillis(10), 6, 50_000));
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    Narrator narrator =
        new Narrator(out, goal -> new Progress(out, Progress.Style.NONE, System::nanoTime, goal));
    return new DemoRun(options, narrator, connect, System::nanoTime).run();
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  private static List<ProcessHandle> stubsAlive() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }

  @Test
  void itPassesAndLeavesNothingBehind() throws Exception {
    Optional<ObjectNode> report = run(stub(), false, 2, Duration.ofMinutes(2));

    assertThat(report).as(told()).isPresent();
    assertThat(told())
        .contains("4 files")
        .contains("n1 leads the catalog")
        .contains("SIGKILL to n1")
        .contains("n2 took over")
        .containsPattern("writes went on \\d+ ms after the kill")
        .containsPattern("all [0-9,]+ acknowledged objects are there")
        .contains("with the same replica digests")
        .containsPattern("2 kills: writes went on after \\d+ ms in the median")
        .containsPattern("PASS in .*\n$");
    assertThat(report.get().get("compared_files").asInt()).isEqualTo(4 * 3 * 5);
    assertThat(report.get().get("write_gaps_ms")).hasSize(2);
    assertThat(temporary).isEmptyDirectory();
    assertThat(stubsAlive()).isEmpty();
  }

  @Test
  void keptNodesGoOnAndItTellsHowToTalkToThem() throws Exception {
    assertThat(run(stub(), true, 1, Duration.ofMinutes(2))).as(told()).isPresent();
    try {
      assertThat(stubsAlive()).hasSize(3);
      assertThat(told()).contains("export BALSA_NODES=127.0.0.1:").contains("kill -9 ");
    } finally {
      Matcher kill = Pattern.compile("kill -9 ([0-9 ]+) && rm").matcher(told());
      assertThat(kill.find()).isTrue();
      for (String pid : kill.group(1).split(" ", -1)) {
        ProcessHandle node = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        node.destroyForcibly();
        node.onExit().join();
      }
    }
    assertThat(temporary).isNotEmptyDirectory();
  }

  @Test
  void nodesThatDoNotStartAreTold() throws Exception {
    NodeCommand broken = new NodeCommand(List.of("/bin/sh", "-c", "echo no such luck; exit 3"));
    assertThat(run(broken, false, 1, Duration.ofMinutes(2))).isEmpty();
    assertThat(told())
        .contains("FAIL in step 1/6")
        .contains("n1 ended while it started; its log ends with:\n    no such luck")
        .contains("log of n3: ");
    assertThat(temporary).isNotEmptyDirectory();
    assertThat(stubsAlive()).isEmpty();
  }

  @Test
  void nodesThatNeverAnswerDoNotHoldItUp() throws Exception {
    NodeCommand mute = new NodeCommand(List.of("/bin/sh", "-c", "exec sleep 600"));
    assertThat(run(mute, false, 1, Duration.ofSeconds(1))).isEmpty();
    assertThat(told()).contains("FAIL in step 1/6").contains("not done within 1.0 s");
    assertThat(stubsAlive()).isEmpty();
  }

  @Test
  void wrongBytesAreAFailure() throws Exception {
    store.rot("b");
    assertThat(run(stub(), false, 1, Duration.ofMinutes(2))).isEmpty();
    assertThat(told()).contains("FAIL in step 3/6").contains("b differs at byte 0");
    assertThat(stubsAlive()).isEmpty();
  }
}
