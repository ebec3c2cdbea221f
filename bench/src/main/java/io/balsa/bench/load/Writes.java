package io.balsa.bench.load;

import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes changes and settles their outcomes. Confined to a worker. */
final class Writes {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(2);

  /** A change. */
  @FunctionalInterface
  interface Change<T> {
    Result<T> make(WriteOptions options) throws IOException;
  }

  private final Desk desk;
  private final RandomGenerator random;

  Writes(Desk desk, RandomGenerator random) {
    this.desk = desk;
    this.random = random;
  }

  /**
   * Makes a change, and where nobody knows what became of it, makes it again under its request id.
   * A refusal settles only a change of which no earlier try may still be under way.
   *
   * @return unknown only if that did not end in time
   */
  <T> Result<T> settle(Kind kind, Change<T> change) throws IOException, InterruptedException {
    // The ids of a run that is repeated with its seed must not meet old replies.
    String id = new UUID(random.nextLong(), desk.now()).toString();
    WriteOptions options = WriteOptions.DEFAULT.withRequestId(id);
    long begun = desk.now();
    String doubt = "";
    while (true) {
      Result<T> outcome = change.make(options);
      switch (outcome) {
        case Result.Yes<T> yes -> {
          return yes;
        }
        case Result.No<T> no -> {
          desk.ledger().refused(kind, no.refusal());
          pause(no.refusal().retryAfter().orElse(PAUSE));
          if (doubt.isEmpty()) {
            return no;
          }
        }
        case Result.Unknown<T>(_, String why) -> {
          desk.ledger().unknown(kind);
          doubt = why;
          pause(PAUSE);
        }
      }
      if (desk.stop().get() || desk.now() - begun > PATIENCE.toNanos()) {
        desk.ledger().gaveUp(kind);
        return Result.unknown(id, doubt);
      }
    }
  }

  /** Lets a cluster that refuses breathe, and does not let it stop the load. */
  static void pause(Duration asked) throws InterruptedException {
    Thread.sleep(asked.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : asked);
  }
}
