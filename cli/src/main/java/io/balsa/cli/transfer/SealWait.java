package io.balsa.cli.transfer;

import io.balsa.client.Versions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.VersionEntry;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Waits for the digest of a version, which the cluster computes in the background. Thread-safe.
 *
 * @param versions of the cluster
 * @param nanoTime a monotonic clock
 */
public record SealWait(Versions versions, LongSupplier nanoTime) {
  private static final Duration BEAT = Duration.ofMillis(100);

  /**
   * Waits.
   *
   * @param version as it was created
   * @param atMost 0: asks nothing
   * @return the version, with its digest if that came in time
   * @throws io.balsa.client.model.RefusedException if it cannot be asked for
   */
  public VersionEntry await(VersionEntry version, Duration atMost) throws InterruptedException {
    long begun = nanoTime.getAsLong();
    VersionEntry newest = version;
    while (newest.seal().isEmpty() && nanoTime.getAsLong() - begun < atMost.toNanos()) {
      Thread.sleep(BEAT);
      newest =
          versions
              .get(version.dataset(), version.name(), ReadOptions.DEFAULT)
              .orElseThrow()
              .value();
    }
    return newest;
  }
}
