package io.balsa.service.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Collects what a check finds: the first {@value #KEPT_MAX} findings and as many notes in full, the
 * rest counted. One thread.
 */
public final class Findings {
  /** How many findings are kept, and how many notes. */
  public static final int KEPT_MAX = 1_000;

  private final List<Finding> kept = new ArrayList<>();
  private final List<Finding> notes = new ArrayList<>();
  private final Consumer<String> progress;
  private long count;
  private long noteCount;

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

  /** Something that one should know, and that is not wrong, or not surely. */
  void note(Path where, String what) {
    noteCount++;
    if (notes.size() < KEPT_MAX) {
      notes.add(new Finding(where, what));
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

  /** How many notes there are. */
  public long noteCount() {
    return noteCount;
  }

  /** The first of them. */
  public List<Finding> notes() {
    return List.copyOf(notes);
  }
}
