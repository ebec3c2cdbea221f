package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The crash run's own instruments: a loss is found, and a power cut loses what it should. */
class CrashControlTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void aNodeThatForgetsWhatItAcknowledgedIsFound() throws IOException {
    var shape = new ProcessCluster.Shape("256m", CrashRun.CHUNK_GROUPS, folder, CrashRun.SETTINGS);
    try (ProcessCluster cluster = ProcessCluster.form(folder, 1, shape);
        BalsaClient client =
            BalsaClient.connect(
                ClientOptions.of(cluster.endpoints())
                    .withChunkBytes(64 << 10)
                    .withTransfers(4, 4 << 20)
                    .withDeadline(Duration.ofSeconds(60)))) {
      CrashWriter writer = new CrashWriter(client, "control", 1, new Tally());
      writer.begin();
      steps(writer);
      cluster.process("n1").kill();
      Path before = folder.resolve("before");
      copy(cluster.dataDir("n1"), before);
      cluster.start("n1");
      steps(writer);
      writer.check();
      cluster.process("n1").kill();
      delete(cluster.dataDir("n1"));
      Files.move(before, cluster.dataDir("n1"));
      cluster.start("n1");
      assertThatThrownBy(writer::check).isInstanceOf(Violation.class);
    }
  }

  private static void steps(CrashWriter writer) throws IOException {
    for (int step = 0; step < 20; step++) {
      writer.step();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path path : walk(from)) {
      Files.copy(path, to.resolve(from.relativize(path)));
    }
  }

  private static void delete(Path folder) throws IOException {
    for (Path path : walk(folder).reversed()) {
      Files.delete(path);
    }
  }

  private static List<Path> walk(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.naturalOrder()).toList();
    }
  }

  @Test
  void aPowerCutLosesWhatWasNotForcedAndNothingElse() throws IOException {
    assumeThat(PowerSwitch.whyNot()).as("no power cuts on this machine").isEmpty();
    try (PowerSwitch power = PowerSwitch.install(folder)) {
      Path forced = power.mount().resolve("forced");
      Path loose = power.mount().resolve("loose");
      write(forced, true);
      write(loose, false);
      power.cut();
      power.restore();
      assertThat(forced).hasSize(100_000);
      assertThat(Files.exists(loose) && Files.size(loose) == 100_000).isFalse();
    }
    assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(folder.toString());
  }

  private static void write(Path path, boolean force) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(100_000));
      if (force) {
        file.force(false);
      }
    }
  }
}
