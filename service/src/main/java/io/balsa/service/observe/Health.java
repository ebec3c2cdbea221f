package io.balsa.service.observe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is wrong with this node now, and whether it serves. Tells of each change once. Thread-safe.
 */
public final class Health {
  private static final Logger log = LoggerFactory.getLogger(Health.class);

  private final LongSupplier nanos;
  private final Consumer<Boolean> serving;

  @GuardedBy("this")
  private final Map<Trouble, Noted> troubles = new EnumMap<>(Trouble.class);

  @GuardedBy("this")
  private boolean open;

  /** What can be wrong. */
  public enum Trouble {
    /** The disk has too little space for replicas to open. */
    NO_SPACE_TO_START(false),
    /** The disk is low on space: changes that add data are refused. */
    DISK_LOW(true),
    /** The disk forces much slower than those of other members. */
    DISK_SLOW(true),
    /** A replica differs from another one, and it is not known which is right. */
    REPLICA_IN_DOUBT(false),
    /** The node stops itself. */
    STOPPING_ITSELF(false);

    private final boolean serves;

    Trouble(boolean serves) {
      this.serves = serves;
    }
  }

  private record Noted(String text, long sinceNanos) {}

  /**
   * Serves nothing yet.
   *
   * @param nanos a monotonic clock
   * @param serving told at each change whether the node serves
   */
  public Health(LongSupplier nanos, Consumer<Boolean> serving) {
    this.nanos = nanos;
    this.serving = serving;
  }

  /** Replicas are open from now on, or are no longer. */
  public synchronized void open(boolean isOpen) {
    open = isOpen;
    tell();
  }

  /** Notes a trouble, whose text may change while it lasts; true where it is new. */
  public synchronized boolean note(Trouble trouble, String text) {
    Noted before = troubles.get(trouble);
    long since = before == null ? nanos.getAsLong() : before.sinceNanos;
    String shown = text.substring(0, Math.min(text.length(), NodeProblem.TEXT_LENGTH_MAX));
    troubles.put(trouble, new Noted(shown, since));
    if (before == null) {
      log.warn("{}: {}", trouble, text);
      tell();
    }
    return before == null;
  }

  /** A trouble is over, if there was one. */
  public synchronized void clear(Trouble trouble) {
    if (troubles.remove(trouble) != null) {
      log.info("{}: over", trouble);
      tell();
    }
  }

  /** What is wrong now. */
  public synchronized List<NodeProblem> problems() {
    long now = nanos.getAsLong();
    List<NodeProblem> problems = new ArrayList<>();
    troubles.forEach(
        (trouble, noted) ->
            problems.add(
                new NodeProblem(
                    trouble.name(), noted.text, Duration.ofNanos(now - noted.sinceNanos))));
    return problems;
  }

  @GuardedBy("this")
  private void tell() {
    serving.accept(open && troubles.keySet().stream().allMatch(trouble -> trouble.serves));
  }
}
