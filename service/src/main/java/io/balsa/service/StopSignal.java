package io.balsa.service;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGTERM and SIGINT: stop cleanly, but within a limit. */
final class StopSignal {
  private static final Logger log = LoggerFactory.getLogger(StopSignal.class);
  private static final int STOPPED = 0;
  private static final int CANNOT_STOP = 1;

  private StopSignal() {}

  /**
   * Runs {@code stop} when the process is asked to end; what is not done at the limit is cut off,
   * which loses nothing: a node may be killed at any moment.
   */
  static void onTermination(Duration limit, Consumer<Duration> stop) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("balsa-stop").unstarted(() -> stopWithin(limit, stop)));
  }

  private static void stopWithin(Duration limit, Consumer<Duration> stop) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("balsa-stopping")
        .start(
            () -> {
              stop.accept(limit);
              done.complete(null);
            });
    try {
      done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      // A JVM that a signal ends would say 143, as if it had been cut off.
      Runtime.getRuntime().halt(STOPPED);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("the node did not stop in time and is cut off", e);
      Runtime.getRuntime().halt(CANNOT_STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
