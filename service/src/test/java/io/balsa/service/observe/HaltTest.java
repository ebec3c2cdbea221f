package io.balsa.service.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HaltTest {
  /** A process to which nobody listens any more. */
  static final class Unheard {
    private static final int PIPE_BYTES_MAX = 1 << 20;

    private Unheard() {}

    /** Fills the pipe, then halts. */
    public static void main(String[] arguments) throws InterruptedException {
      Thread filling =
          Thread.ofPlatform()
              .daemon()
              .start(() -> System.err.write(new byte[PIPE_BYTES_MAX], 0, PIPE_BYTES_MAX));
      while (filling.getState() != Thread.State.RUNNABLE) {
        Thread.sleep(10);
      }
      Thread.sleep(500);
      new Halt().halt("a disk failed", new IOException("Input/output error"));
    }
  }

  @Test
  @Timeout(120)
  void aProcessEndsThoughNobodyTakesItsLastWords() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Unheard.class.getName())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(Halt.EXIT_CODE);
    } finally {
      var _ = process.destroyForcibly();
    }
  }
}
