package io.balsa.bench.load;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What must be found under one path. Confined to the worker that alone writes there. */
final class Expected {
  private static final int SHARED_OF_100 = 10;
  private static final int SHARED_CONTENTS = 32;

  private final int number;
  private long generation;
  private Set<Optional<Content>> possible = Set.of(Optional.empty());
  private long revision;
  private long settledNanos;

  Expected(int number, long nowNanos) {
    this.number = number;
    this.settledNanos = nowNanos;
  }

  String path() {
    return String.format("%03d/object-%06d", number % 1_000, number);
  }

  /** Bytes to put next: mostly such as nobody has put, sometimes such as the cluster may have. */
  Content next(long seed, RandomGenerator random) {
    if (random.nextInt(100) < SHARED_OF_100) {
      return new Content(seed, Content.SHARED, 1 + random.nextInt(SHARED_CONTENTS));
    }
    generation++;
    return new Content(seed, number, generation);
  }

  /** A write was acknowledged. */
  void settle(Optional<Content> now, long atRevision, long nowNanos) {
    possible = Set.of(now);
    revision = atRevision;
    settledNanos = nowNanos;
  }

  /** A write may have happened, or may yet. */
  void doubt(Optional<Content> maybe, long nowNanos) {
    Set<Optional<Content>> more = new HashSet<>(possible);
    more.add(maybe);
    possible = Set.copyOf(more);
    settledNanos = nowNanos;
  }

  /** What is there; empty inside where nothing is, empty outside where that is not known. */
  Optional<Optional<Content>> certain() {
    return possible.size() == 1 ? Optional.of(possible.iterator().next()) : Optional.empty();
  }

  /** Certainly an object. */
  boolean isPresent() {
    return certain().flatMap(content -> content).isPresent();
  }

  /** What an up-to-date read may find. */
  Set<Optional<Content>> possible() {
    return possible;
  }

  /** Of the newest write that was acknowledged; 0 before. */
  long revision() {
    return revision;
  }

  /** Since when {@link #possible} is what it is. */
  long settledNanos() {
    return settledNanos;
  }

  /** Whether it was ever here, or was on its way: what a read of the past may find. */
  boolean mayHaveBeen(Optional<Content> found) {
    return found
        .map(
            content ->
                content.owner() == Content.SHARED
                    ? content.generation() >= 1 && content.generation() <= SHARED_CONTENTS
                    : content.owner() == number
                        && content.generation() >= 1
                        && content.generation() <= generation)
        .orElse(true);
  }
}
