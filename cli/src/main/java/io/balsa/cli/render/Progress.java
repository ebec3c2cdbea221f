package io.balsa.cli.render;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Shows how far something is: on a terminal one line that changes in place, at most ten times a
 * second; elsewhere a plain line, at most one every three seconds, so that a log stays short and
 * something quick stays silent. Thread-safe.
 */
public final class Progress implements AutoCloseable {
  /** Where progress is shown. */
  public enum Style {
    /** One line that changes in place. */
    LIVE(Duration.ofMillis(100)),
    /** A line now and then. */
    LINES(Duration.ofSeconds(3)),
    /** Nowhere. */
    NONE(Duration.ZERO);

    private final Duration beat;

    Style(Duration beat) {
      this.beat = beat;
    }
  }

  /** The rate is that of the last few seconds, so that it follows a change. */
  private static final Duration RATE_WINDOW = Duration.ofSeconds(5);

  private static final int COLUMNS_MAX = 79;

  /** How many bytes were done at some time. */
  private record Sample(long nanos, long bytes) {}

  private final PrintStream err;
  private final Style style;
  private final LongSupplier nanoTime;
  private final String label;
  private final OptionalLong filesTotal;
  private final OptionalLong bytesTotal;

  @GuardedBy("this")
  private final Deque<Sample> samples = new ArrayDeque<>();

  @GuardedBy("this")
  private long files;

  @GuardedBy("this")
  private long bytes;

  private final long begunNanos;

  @GuardedBy("this")
  private long shownNanos;

  @GuardedBy("this")
  private int shownColumns;

  /**
   * Begins.
   *
   * @param goal what goes on, and how much of it
   * @param nanoTime a monotonic clock
   */
  public Progress(PrintStream err, Style style, LongSupplier nanoTime, Goal goal) {
    this.err = err;
    this.style = style;
    this.nanoTime = nanoTime;
    this.label = goal.label();
    this.filesTotal = goal.files();
    this.bytesTotal = goal.bytes();
    this.begunNanos = nanoTime.getAsLong();
    this.shownNanos = begunNanos;
    this.samples.add(new Sample(shownNanos, 0));
  }

  /**
   * What goes on.
   *
   * @param label in one or two words
   * @param files how many files, where known
   * @param bytes how many bytes, where known
   */
  public record Goal(String label, OptionalLong files, OptionalLong bytes) {
    /** Everything is known. */
    public static Goal of(String label, long files, long bytes) {
      return new Goal(label, OptionalLong.of(files), OptionalLong.of(bytes));
    }
  }

  /** So many more are done. */
  public synchronized void advance(long moreFiles, long moreBytes) {
    files += moreFiles;
    bytes += moreBytes;
    if (style == Style.NONE) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (now - shownNanos >= style.beat.toNanos()) {
      show(now);
    }
  }

  /** Ends; leaves nothing on a terminal. */
  @Override
  public synchronized void close() {
    if (shownColumns > 0) {
      err.print("\r" + " ".repeat(shownColumns) + "\r");
      err.flush();
      shownColumns = 0;
    }
  }

  @GuardedBy("this")
  private void show(long now) {
    shownNanos = now;
    samples.addLast(new Sample(now, bytes));
    while (samples.size() > 2 && now - samples.getFirst().nanos() > RATE_WINDOW.toNanos()) {
      samples.removeFirst();
    }
    Sample from = samples.getFirst();
    double rate = Amounts.perSecond(bytes - from.bytes(), Duration.ofNanos(now - from.nanos()));
    double average = Amounts.perSecond(bytes, Duration.ofNanos(now - begunNanos));
    String line = new ProgressText(label, files, filesTotal, bytes, bytesTotal).line(rate, average);
    if (style == Style.LINES) {
      err.println(line);
      return;
    }
    String cut = line.length() > COLUMNS_MAX ? line.substring(0, COLUMNS_MAX) : line;
    err.print("\r" + cut + " ".repeat(Math.max(0, shownColumns - cut.length())));
    err.flush();
    shownColumns = cut.length();
  }
}
