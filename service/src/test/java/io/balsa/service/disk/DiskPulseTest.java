package io.balsa.service.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chunk.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskPulseTest {
  @TempDir private Path folder;

  private final List<String> halts = new CopyOnWriteArrayList<>();

  @Test
  void aDiskThatWorksHasALatencyAndStopsNothing() throws IOException {
    Path file = folder.resolve("pulse");
    try (DiskPulse pulse = new DiskPulse(file, Disk.real(), (what, _) -> halts.add(what))) {
      await().atMost(Duration.ofSeconds(20)).until(() -> pulse.median().isPositive());
    }
    assertThat(Files.size(file)).isEqualTo(4_096);
    assertThat(halts).isEmpty();
  }

  @Test
  void aDiskThatFailsStopsTheNode() {
    Path nowhere = folder.resolve("missing").resolve("pulse");
    try (DiskPulse _ = new DiskPulse(nowhere, Disk.real(), (what, _) -> halts.add(what))) {
      await().atMost(Duration.ofSeconds(20)).until(() -> !halts.isEmpty());
    }
    assertThat(halts).containsExactly("the data disk fails: " + nowhere);
  }
}
