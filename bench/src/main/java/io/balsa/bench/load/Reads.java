package io.balsa.bench.load;

import io.balsa.client.model.Consistency;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Reads at every level, and compares every byte. Confined to a worker. */
final class Reads {
  private static final Duration BOUND = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Desk desk;
  private final RandomGenerator random;

  Reads(Desk desk, RandomGenerator random) {
    this.desk = desk;
    this.random = random;
  }

  /** One level. */
  void atSome(Expected object) throws IOException, InterruptedException {
    long begun = desk.now();
    boolean longSettled = begun - object.settledNanos() > BOUND.toNanos();
    var _ =
        switch (random.nextInt(4)) {
          case 0 -> linearizable(object);
          case 1 ->
              once(
                  new Question(
                      Kind.READ_BOUNDED,
                      object.path(),
                      at(Consistency.bounded(BOUND)),
                      longSettled ? object.possible()::contains : object::mayHaveBeen,
                      object.possible()));
          case 2 ->
              once(
                  new Question(
                      Kind.READ_AT_LEAST,
                      object.path(),
                      at(Consistency.atLeast(object.revision())),
                      object.possible()::contains,
                      object.possible()));
          default ->
              once(
                  new Question(
                      Kind.READ_EVENTUAL,
                      object.path(),
                      at(Consistency.eventual()),
                      object::mayHaveBeen,
                      object.possible()));
        };
  }

  private boolean linearizable(Expected object) throws IOException, InterruptedException {
    return once(
        new Question(
            Kind.READ_LINEARIZABLE,
            object.path(),
            at(Consistency.linearizable()),
            object.possible()::contains,
            object.possible()));
  }

  /** Of a version, which shows for ever what was there when it was made. */
  boolean pinned(String version, Expected object, Optional<Content> then)
      throws IOException, InterruptedException {
    return once(
        new Question(
            Kind.READ_PINNED,
            object.path(),
            GetOptions.DEFAULT.at(Snapshot.atVersion(version)).with(somewhere()),
            then::equals,
            Set.of(then)));
  }

  /** Reads until there is an answer, linearizably. */
  void surely(Expected object) throws IOException, InterruptedException {
    untilAnswered(object, () -> linearizable(object));
  }

  /** Reads of a version until there is an answer. */
  void surely(String version, Expected object, Optional<Content> then)
      throws IOException, InterruptedException {
    untilAnswered(object, () -> pinned(version, object, then));
  }

  /** A read; false where there was no answer. */
  @FunctionalInterface
  private interface Attempt {
    boolean read() throws IOException, InterruptedException;
  }

  private void untilAnswered(Expected object, Attempt attempt)
      throws IOException, InterruptedException {
    long begun = desk.now();
    while (!attempt.read()) {
      if (desk.now() - begun > PATIENCE.toNanos()) {
        desk.violated(object.path() + " cannot be read back for " + PATIENCE.toSeconds() + " s");
        return;
      }
    }
  }

  private GetOptions at(Consistency consistency) {
    return GetOptions.DEFAULT.with(somewhere().withConsistency(consistency));
  }

  /** Half of all reads go where the client likes, the others to any node. */
  private ReadOptions somewhere() {
    return random.nextBoolean()
        ? ReadOptions.DEFAULT
        : ReadOptions.DEFAULT.onNode(desk.nodes().get(random.nextInt(desk.nodes().size())));
  }

  /**
   * A read.
   *
   * @param right whether this may be found, or nothing
   * @param newest what the writer knows, to tell where it is not right
   */
  private record Question(
      Kind kind,
      String path,
      GetOptions options,
      Predicate<Optional<Content>> right,
      Set<Optional<Content>> newest) {}

  /** False where there was no answer. */
  private boolean once(Question question) throws IOException, InterruptedException {
    long begun = desk.now();
    CheckingStream to = new CheckingStream(desk.plan().seed());
    Optional<Content> found;
    try {
      Result<Read<ObjectStat>> got =
          desk.client()
              .objects()
              .get(desk.plan().dataset(), question.path(), question.options(), to);
      if (got instanceof Result.No<Read<ObjectStat>>(var refusal)) {
        boolean lost = refusal.code() == RefusalCode.DATA_LOSS;
        if (lost || refusal.is("VERSION_NOT_FOUND")) {
          desk.violated(question.kind().label() + " of " + question.path() + ": " + refusal);
        }
        if (!refusal.is("OBJECT_NOT_FOUND")) {
          desk.ledger().refused(question.kind(), refusal);
          Writes.pause(refusal.retryAfter().orElse(PAUSE));
          return lost;
        }
        found = Optional.empty();
      } else {
        found = Optional.of(to.end());
      }
    } catch (CheckingStream.WrongBytes e) {
      desk.violated(
          question.kind().label() + " of " + question.path() + ": wrong bytes, " + e.getMessage());
      return true;
    }
    desk.ledger().read(to.bytes());
    desk.ledger().done(question.kind(), desk.now() - begun);
    if (!question.right().test(found)) {
      desk.violated(
          String.format(
              "%s of %s found %s; acknowledged: %s",
              question.kind().label(),
              question.path(),
              tell(found),
              question.newest().stream().map(Reads::tell).collect(Collectors.joining(" or "))));
    }
    return true;
  }

  private static String tell(Optional<Content> content) {
    return content.map(Content::toString).orElse("nothing");
  }
}
