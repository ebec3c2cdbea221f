package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chaos.crash.InstallStep.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real nodes that die in the middle of an install, as its target, as its source, and while a lost
 * store is rebuilt. {@code -Dinstall.rounds=N} for more rounds, {@code -Dinstall.deaths=N} for more
 * deaths in each, {@code -Dseed=N} sets the seed. {@code -Dinstall.all=true} goes on until somebody
 * has died at each step, and fails where nobody did.
 */
class InstallKillTest {
  private static final boolean ALL = Boolean.getBoolean("install.all");

  /** With all steps several times what they take where none is missed. */
  private static final int ROUNDS = Integer.getInteger("install.rounds", ALL ? 300 : 3);

  private static final int DEATHS = Integer.getInteger("install.deaths", ALL ? 8 : 2);

  private final long seed = Long.getLong("seed", System.nanoTime() % 1_000_000_000);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void anInstallEndsWholeWhicheverSideDiesAtWhicheverStep() throws IOException {
    InstallRun run = new InstallRun(folder, seed, System.err);
    if (ALL) {
      assertThat(run.runUntilAllStruck(ROUNDS, DEATHS)).as("nobody died there").isEmpty();
    } else {
      run.run(ROUNDS, DEATHS);
    }
    assertThat(run.deaths().keySet()).contains(Kind.TARGET, Kind.SOURCE, Kind.REBUILD);
    assertThat(run.writesDuring()).isPositive();
    assertThat(run.readsDuring()).isPositive();
  }
}
