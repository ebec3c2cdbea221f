package io.balsa.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.bench.curve.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes, in processes of their own. */
class BenchTest {
  @TempDir private Path folder;

  @Test
  void aShortLongLifeIsSampledReadBackAndDrawn() throws Exception {
    Path out = folder.resolve("out");
    int exit =
        Bench.run(
            "long-life",
            "--dir=" + folder.resolve("nodes"),
            "--out=" + out,
            "--minutes=0.15",
            "--sample-seconds=1",
            "--objects-max=40",
            "--workers=4",
            "--versions-max=2",
            "--free-bytes-min=0",
            "--seed=1",
            "--set=raft.snapshot-every-entries=200");
    assertThat(exit).isZero();
    Samples samples = Samples.read(out.resolve("samples.csv"));
    assertThat(samples.size()).isGreaterThanOrEqualTo(2);
    for (String column : Curves.columns()) {
      assertThat(samples.series(column)).as(column).isPresent();
    }
    assertThat(samples.series("n3_resident_bytes").orElseThrow().values()[1]).isGreaterThan(50e6);
    assertThat(samples.series("n2_chunks_bytes").orElseThrow().values()[1]).isPositive();
    assertThat(out.resolve("curves.png")).isNotEmptyFile();
    assertThat(folder.resolve("nodes/n1")).doesNotExist();
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aFolderThatIsNotEmptyIsLeftAlone() throws Exception {
    Path nodes = Files.createDirectories(folder.resolve("nodes"));
    Path precious = Files.writeString(nodes.resolve("precious"), "x");
    assertThat(Bench.run("space", "--dir=" + nodes)).isEqualTo(1);
    assertThat(precious).hasContent("x");
  }

  @Test
  void whatIsOutOfRangeIsAUsageError() {
    assertThat(
            Bench.run(
                "long-life",
                "--dir=" + folder.resolve("nodes"),
                "--out=" + folder.resolve("out"),
                "--workers=0"))
        .isEqualTo(2);
    assertThat(Bench.run("long-life")).isEqualTo(2);
    assertThat(Bench.run("long-life", "--help")).isZero();
  }
}
