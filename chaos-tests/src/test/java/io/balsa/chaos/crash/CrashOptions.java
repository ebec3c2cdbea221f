package io.balsa.chaos.crash;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/**
 * What a crash run does.
 *
 * @param cycles lives that are ended
 * @param atMost no new life is begun after it
 * @param seed of all that is drawn
 * @param nodes 1, so that its own disk is all there is, or 3
 * @param power true: each end is a power cut, of a file system of its own
 * @param folder for everything
 */
record CrashOptions(int cycles, Duration atMost, long seed, int nodes, boolean power, Path folder) {

  /** Reads {@code --cycles N --minutes M --seed S --nodes N --power}. */
  static CrashOptions parse(String arguments, Path folder) {
    int cycles = 100;
    long minutes = 60;
    long seed = System.nanoTime() % 1_000_000_000;
    int nodes = 1;
    boolean power = false;
    Iterator<String> words = List.of(arguments.strip().split("\\s+")).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "" -> {}
        case "--cycles" -> cycles = Integer.parseInt(words.next());
        case "--minutes" -> minutes = Long.parseLong(words.next());
        case "--seed" -> seed = Long.parseLong(words.next());
        case "--nodes" -> nodes = Integer.parseInt(words.next());
        case "--power" -> power = true;
        default ->
            throw new IllegalArgumentException(
                word + "? want --cycles N --minutes M --seed S --nodes N --power");
      }
    }
    return new CrashOptions(cycles, Duration.ofMinutes(minutes), seed, nodes, power, folder);
  }

  /** The command that does the same again, as far as a seed goes. */
  String command() {
    return "./balsa crash-test --cycles %d --minutes %d --seed %d --nodes %d%s"
        .formatted(cycles, atMost.toMinutes(), seed, nodes, power ? " --power" : "");
  }
}
