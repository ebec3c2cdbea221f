package io.balsa.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the kernel tells of a process.
 *
 * @param residentBytes memory that is in RAM
 * @param residentPeakBytes the most that ever was
 * @param threads of the process
 * @param files open file handles, sockets among them
 */
record ProcessFacts(long residentBytes, long residentPeakBytes, long threads, long files) {
  /** Empty where the process has ended, or this system has no {@code /proc}. */
  static Optional<ProcessFacts> of(long pid) {
    Path proc = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> handles = Files.list(proc.resolve("fd"))) {
      long files = handles.count();
      Map<String, Long> status = new HashMap<>();
      for (String line : Files.readAllLines(proc.resolve("status"))) {
        String[] words = line.split(":?\\s+", -1);
        if (words.length > 1 && words[1].matches("\\d{1,18}")) {
          status.put(words[0], Long.parseLong(words[1]));
        }
      }
      return Optional.of(
          new ProcessFacts(
              status.getOrDefault("VmRSS", 0L) << 10,
              status.getOrDefault("VmHWM", 0L) << 10,
              status.getOrDefault("Threads", 0L),
              files));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
