package io.balsa.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.snapshot.SnapshotSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots that this node has lent to other members. A transfer that breaks off finds its
 * snapshot again by id, for a while; and whoever asks for a snapshot gets one that is there, if it
 * will do and the log still joins it. Idle ones go after a time, or earlier where there are too
 * many. Thread-safe; one thread of its own.
 */
public final class SnapshotLoans implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SnapshotLoans.class);
  private static final Duration BEAT = Duration.ofSeconds(1);

  private final Lender lender;
  private final Settings settings;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;

  /** Held while a snapshot is made, which takes as long as reading the store; one at a time. */
  private final ReentrantLock making = new ReentrantLock();

  @GuardedBy("this")
  private final Map<String, Kept> kept = new LinkedHashMap<>();

  private final ScheduledExecutorService beat =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("balsa-loans").factory());

  /** The replicas that snapshots are made of. */
  public interface Lender {
    /** The last entry that a replica has applied; empty before the first. */
    Optional<LogPosition> position(GroupName group) throws IOException;

    /** Makes a snapshot; blocks as long as reading the store takes. */
    LentSnapshot lend(GroupName group) throws IOException;
  }

  /**
   * How long, and how many.
   *
   * @param keptFor how long an idle snapshot is kept, from its last use
   * @param idleMax how many idle ones are kept
   */
  public record Settings(Duration keptFor, int idleMax) {}

  /** A snapshot and who uses it. */
  private static final class Kept {
    private final GroupName group;
    private final LentSnapshot snapshot;
    private int users;
    private long idleSinceNanos;
    private boolean isDone;

    Kept(GroupName group, LentSnapshot snapshot) {
      this.group = group;
      this.snapshot = snapshot;
    }
  }

  /** One use of a snapshot, by one thread. Close it when the transfer ends, well or badly. */
  public final class Loan implements AutoCloseable {
    private final String id;
    private final Kept of;
    private boolean isDone;
    private boolean closed;

    private Loan(String id, Kept of) {
      this.id = id;
      this.of = of;
    }

    /** Under which it is found again. */
    public String id() {
      return id;
    }

    /** What to send. */
    public SnapshotSource source() {
      return of.snapshot.source();
    }

    /** Says that all was sent, so that nobody is likely to ask for it again. */
    public void done() {
      isDone = true;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        giveBack(of, isDone);
      }
    }
  }

  /**
   * Has lent nothing yet.
   *
   * @param nanoTime a monotonic clock
   * @param random for ids that no other run of this node gives
   */
  public SnapshotLoans(
      Lender lender, Settings settings, LongSupplier nanoTime, RandomGenerator random) {
    this.lender = lender;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.random = random;
    var _ =
        beat.scheduleWithFixedDelay(
            this::dropIdle, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Lends a snapshot that meets a need: one that is there, or a new one.
   *
   * @return empty, and at once, where the replica is behind what is needed
   * @throws StoreClosed the replica is not open
   */
  public Optional<Loan> lend(SnapshotFetcher.Need need) throws IOException, InterruptedException {
    if (lender.position(need.group()).filter(need::isMetBy).isEmpty()) {
      return Optional.empty();
    }
    making.lockInterruptibly();
    try {
      Optional<Loan> known = join(need);
      if (known.isPresent()) {
        return known;
      }
      Kept made = new Kept(need.group(), lender.lend(need.group()));
      return Optional.of(keep(made));
    } finally {
      making.unlock();
    }
  }

  /** Lends a snapshot again; empty where it is not kept any more. */
  public synchronized Optional<Loan> again(String id) {
    return Optional.ofNullable(kept.get(id)).map(known -> use(id, known));
  }

  private synchronized Optional<Loan> join(SnapshotFetcher.Need need) {
    for (Map.Entry<String, Kept> entry : kept.entrySet()) {
      Kept known = entry.getValue();
      if (known.group.equals(need.group())
          && need.isMetBy(known.snapshot.source().manifest().position())
          && known.snapshot.joinsLog()) {
        return Optional.of(use(entry.getKey(), known));
      }
    }
    return Optional.empty();
  }

  private synchronized Loan keep(Kept made) {
    String id = HexFormat.of().toHexDigits(random.nextLong());
    kept.put(id, made);
    return use(id, made);
  }

  @GuardedBy("this")
  private Loan use(String id, Kept known) {
    known.users++;
    return new Loan(id, known);
  }

  private void giveBack(Kept of, boolean isDone) {
    synchronized (this) {
      of.users--;
      of.isDone = isDone;
      of.idleSinceNanos = nanoTime.getAsLong();
    }
    dropIdle();
  }

  /** Drops what was idle for too long, is of no more use, or is one too many. */
  void dropIdle() {
    takeIdle().forEach(SnapshotLoans::drop);
  }

  private synchronized List<Kept> takeIdle() {
    long now = nanoTime.getAsLong();
    long idle = kept.values().stream().filter(known -> known.users == 0).count();
    List<Kept> taken = new ArrayList<>();
    // In the order in which they were made, so the oldest go first.
    for (Iterator<Kept> all = kept.values().iterator(); all.hasNext(); ) {
      Kept known = all.next();
      boolean isOver =
          known.isDone
              || idle > settings.idleMax
              || now - known.idleSinceNanos >= settings.keptFor.toNanos();
      if (known.users == 0 && isOver) {
        all.remove();
        taken.add(known);
        idle--;
      }
    }
    return taken;
  }

  private static void drop(Kept known) {
    try {
      known.snapshot.close();
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue(LogKeys.GROUP, known.group)
          .setCause(e)
          .log("files of a lent snapshot stay until the next start");
    }
  }

  /** Drops all, whoever uses them. */
  @Override
  public void close() {
    beat.shutdownNow();
    List<Kept> all;
    synchronized (this) {
      all = List.copyOf(kept.values());
      kept.clear();
    }
    all.forEach(SnapshotLoans::drop);
  }
}
