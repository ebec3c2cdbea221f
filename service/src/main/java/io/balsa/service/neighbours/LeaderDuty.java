package io.balsa.service.neighbours;

import io.balsa.service.disk.DiskReport;
import io.balsa.service.disk.DiskReport.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides whether this node should lead, by its disk and the others': not with very little space,
 * and not with a disk that is much slower than those of a majority, since a leader's writes wait
 * for its own disk. For one thread, which asks once a beat.
 */
public final class LeaderDuty {
  /** How much slower than the majority's worst a disk is when it is slow. */
  static final int SLOWER_FACTOR = 5;

  /** Below it no disk is slow. */
  static final Duration SLOW_MIN = Duration.ofMillis(100);

  /** Beats for which it must be slow. */
  static final int SLOW_BEATS = 5;

  /** After a hand-over nothing is handed over for so long, lest leaders go back and forth. */
  static final Duration HOLD = Duration.ofSeconds(60);

  private int slowBeats;
  private Optional<Long> heldSinceNanos = Optional.empty();

  /**
   * A hand-over that is due.
   *
   * @param peerId to whom
   * @param why one line
   */
  public record HandOver(String peerId, String why) {}

  /**
   * Looks at the disks.
   *
   * @param own this node's
   * @param others of the other voters that are heard, by peer id
   * @param voters of the groups, this node among them
   * @param nowNanos of a monotonic clock
   */
  public Optional<HandOver> look(
      DiskReport own, Map<String, DiskReport> others, int voters, long nowNanos) {
    slowBeats = isSlow(own, others, voters) ? slowBeats + 1 : 0;
    if (heldSinceNanos.isPresent() && nowNanos - heldSinceNanos.get() < HOLD.toNanos()) {
      return Optional.empty();
    }
    if (own.level() == Level.VERY_LOW) {
      return best(
              others,
              disk -> disk.level() == Level.ROOMY,
              Comparator.comparingLong(DiskReport::freeBytes).reversed())
          .map(to -> new HandOver(to, own.freeBytes() + " bytes are free on its disk"));
    }
    if (isSlow()) {
      return best(
              others,
              disk -> disk.level() != Level.VERY_LOW,
              Comparator.comparing(DiskReport::forceLatency))
          .map(
              to ->
                  new HandOver(to, "its disk forces in " + own.forceLatency().toMillis() + " ms"));
    }
    return Optional.empty();
  }

  /** A hand-over was done. */
  public void handedOver(long nowNanos) {
    heldSinceNanos = Optional.of(nowNanos);
  }

  /** True while this node's disk is much slower than the others'. */
  public boolean isSlow() {
    return slowBeats >= SLOW_BEATS;
  }

  /** Slower than the slowest of the fastest majority, by far. */
  private static boolean isSlow(DiskReport own, Map<String, DiskReport> others, int voters) {
    List<Duration> latencies =
        Stream.concat(Stream.of(own), others.values().stream())
            .map(DiskReport::forceLatency)
            .sorted()
            .toList();
    int majority = voters / 2 + 1;
    if (latencies.size() < majority) {
      return false;
    }
    Duration bound = latencies.get(majority - 1).multipliedBy(SLOWER_FACTOR);
    return own.forceLatency().compareTo(bound) > 0 && own.forceLatency().compareTo(SLOW_MIN) > 0;
  }

  private static Optional<String> best(
      Map<String, DiskReport> others, Predicate<DiskReport> fit, Comparator<DiskReport> order) {
    return others.entrySet().stream()
        .filter(other -> fit.test(other.getValue()))
        .min(Map.Entry.comparingByValue(order))
        .map(Map.Entry::getKey);
  }
}
