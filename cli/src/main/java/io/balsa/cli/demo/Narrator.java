package io.balsa.cli.demo;

import io.balsa.cli.render.Progress;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/** Tells the story as it goes. Thread-safe. */
public final class Narrator {
  private final PrintStream out;
  private final Function<Progress.Goal, Progress> progress;
  private volatile String where = "before the first step";

  /**
   * A narrator.
   *
   * @param progress shows how far something is
   */
  public Narrator(PrintStream out, Function<Progress.Goal, Progress> progress) {
    this.out = out;
    this.progress = progress;
  }

  void step(String heading) {
    where = "in step " + heading;
    out.println();
    out.println(heading);
    out.flush();
  }

  /** Where in the story it is. */
  String where() {
    return where;
  }

  void say(String line) {
    out.println("   " + line);
    out.flush();
  }

  void say(List<String> lines) {
    lines.forEach(this::say);
  }

  /** Says something that is no part of a step. */
  void conclude(String line) {
    out.println(line);
    out.flush();
  }

  Progress progress(Progress.Goal goal) {
    return progress.apply(goal);
  }
}
