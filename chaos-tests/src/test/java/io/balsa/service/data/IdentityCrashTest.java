package io.balsa.service.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chaos.disk.CrashStates;
import io.balsa.chaos.disk.RecordingDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A node's identity after a power cut. */
class IdentityCrashTest {
  private static final Path ROOT = Path.of("/var/lib/balsa/n1");
  private static final Path FILE = ROOT.resolve("identity");

  @Test
  void theIdentityIsTheLastThatWasToldOrTheNext() throws IOException {
    RecordingDisk disk = new RecordingDisk();
    disk.createFolders(ROOT);
    disk.settle();
    List<NodeIdentity> written = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      NodeIdentity next = new NodeIdentity("n1", "n1.000000000000000" + i, Optional.empty());
      written.add(next);
      IdentityFile.write(disk, FILE, next);
      disk.mark(next);
    }
    int states =
        CrashStates.check(
            disk,
            1,
            (after, said) -> {
              Optional<NodeIdentity> found = IdentityFile.read(after, FILE);
              Optional<NodeIdentity> told =
                  said.isEmpty() ? Optional.empty() : Optional.of(written.get(said.size() - 1));
              Optional<NodeIdentity> next =
                  said.size() == written.size() ? told : Optional.of(written.get(said.size()));
              assertThat(found).isIn(told, next);
              IdentityFile.write(after, FILE, written.getFirst());
              assertThat(IdentityFile.read(after, FILE)).contains(written.getFirst());
            });
    assertThat(states).isGreaterThan(50);
  }
}
