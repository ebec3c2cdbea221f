package io.balsa.chaos.crash;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./balsa crash-test} runs; by its name no part of the usual tests. */
class CrashMarathon {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void run() throws IOException {
    String arguments = System.getProperty("crash.arguments", "");
    var _ = new CrashRun(CrashOptions.parse(arguments, folder), System.out).run();
  }
}
