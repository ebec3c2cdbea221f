package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short crash run of each kind; {@link CrashMarathon} makes long ones. {@code -Dseed=N} sets the
 * seed.
 */
class CrashRunTest {
  private final long seed = Long.getLong("seed", System.nanoTime() % 1_000_000_000);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void aNodeThatDiesAnywhereStartsAgainWithAllThatItAcknowledged() throws IOException {
    run("--cycles 20 --minutes 3 --nodes 1");
  }

  @Test
  void aClusterWhoseNodesDieAnywhereKeepsAllThatItAcknowledged() throws IOException {
    run("--cycles 10 --minutes 2 --nodes 3");
  }

  @Test
  void aNodeWhosePowerIsCutStartsAgainWithAllThatItAcknowledged() throws IOException {
    assumeThat(PowerSwitch.whyNot()).as("no power cuts on this machine").isEmpty();
    run("--cycles 10 --minutes 3 --nodes 1 --power");
  }

  private void run(String arguments) throws IOException {
    CrashRun run =
        new CrashRun(CrashOptions.parse(arguments + " --seed " + seed, folder), System.err);
    run.run();
    assertThat(run.ends()).isNotEmpty();
    assertThat(run.tally().checkedObjects()).isPositive();
  }
}
