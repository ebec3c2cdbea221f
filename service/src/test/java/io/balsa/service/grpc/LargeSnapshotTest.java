package io.balsa.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeSnapshotTest {
  /** {@code -Dsnapshot.bytes} for more. */
  private static final long BYTES = Long.getLong("snapshot.bytes", 1L << 30);

  @TempDir private Path folder;

  /** Twenty times the heap: whatever grew with the snapshot would not fit. */
  @Test
  void aSnapshotOfManyTimesTheHeapIsSentAndReceived() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:MaxDirectMemorySize=32m",
                "-cp",
                System.getProperty("java.class.path"),
                SnapshotRate.class.getName(),
                folder.toString(),
                Long.toString(BYTES))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.println(said);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("snapshot of " + BYTES / 1_000_000 + " MB");
    assertThat(folder.resolve("live.staging/SNAPSHOT-COMPLETE")).exists();
  }
}
