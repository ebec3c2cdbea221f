package io.balsa.cli.demo;

import io.balsa.client.model.Sha256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The acknowledged writes of one writer, in their order. Thread-safe. */
final class WriteLog {
  /**
   * A write that was acknowledged.
   *
   * @param begunNanos when it was sent
   * @param acknowledgedNanos when the yes arrived, on the same monotonic clock
   */
  record Write(String path, Sha256 digest, long begunNanos, long acknowledgedNanos) {}

  private final List<Write> writes = new ArrayList<>();

  synchronized void add(Write write) {
    writes.add(write);
  }

  synchronized int size() {
    return writes.size();
  }

  synchronized List<Write> writes() {
    return List.copyOf(writes);
  }

  /**
   * How long after a moment the first write was acknowledged that had begun after it. A write that
   * was on its way at that moment does not count: its yes may have been on its way, too.
   */
  synchronized Optional<Duration> gapAfter(long nanos) {
    return writes.stream()
        .filter(write -> write.begunNanos() - nanos > 0)
        .findFirst()
        .map(write -> Duration.ofNanos(write.acknowledgedNanos() - nanos));
  }

  /** How many writes were acknowledged that had begun after a moment. */
  synchronized long countAfter(long nanos) {
    return writes.stream().filter(write -> write.begunNanos() - nanos > 0).count();
  }
}
