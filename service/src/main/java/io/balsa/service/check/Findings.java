package io.balsa.service.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Collects what a check finds: the first {@value #KEPT_MAX} in full, the rest counted. One thread.
 */
public final class Findings {
  /** How many findings are kept. */
  public static final int KEPT_MAX = 1_000;

  private final List<Finding> kept = new ArrayList<>();
  private final Consumer<String> progress;
  private long count;

  /**
   * Has found nothing yet.
   *
   * @param progress told what is being read
   */
  public Findings(Consumer<String> progress) {
    this.progress = progress;
  }

  /** Something is wrong. */
  void add(Path where, String what) {
    count++;
    if (kept.size() < KEPT_MAX) {
      kept.add(new Finding(where, what));
    }
  }

  /** What is being read now, or what was read and is well. */
  void say(String line) {
    progress.accept(line);
  }

  /** A failure and its causes in one line. */
  static String words(Throwable failure) {
    StringBuilder words = new StringBuilder(String.valueOf(failure.getMessage()));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      words.append(": ").append(cause.getMessage());
    }
    return words.toString();
  }

  /** How many things are wrong. */
  public long count() {
    return count;
  }

  /** The first of them, in the order in which they were found. */
  public List<Finding> kept() {
    return List.copyOf(kept);
  }
}
