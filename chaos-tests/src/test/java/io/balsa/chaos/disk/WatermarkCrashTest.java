package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Watermark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A node's watermark after a power cut. */
class WatermarkCrashTest {
  private static final Path FILE = Path.of("/data/watermark");
  private static final String SELF = "n1.0123456789abcdef";
  private static final int STEPS = 24;

  /** So many that a slot spans several sectors, and can be torn. */
  private static final List<GroupName> GROUPS =
      Stream.concat(
              Stream.of(GroupName.CATALOG),
              IntStream.rangeClosed(1, 24).mapToObj(GroupName::chunks))
          .toList();

  /**
   * What the file may hold.
   *
   * @param forced from here on this, or what is written later; otherwise it was about to be written
   */
  private record Held(Map<GroupName, Mark> marks, boolean forced) {}

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void itHoldsTheLastStateThatWasForcedOrOneThatWasWrittenSince(long seed) throws IOException {
    tryOn(new RecordingDisk(), seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/watermark", "/data"})
  void aForceThatIsLeftOutIsFound(String paths) throws Exception {
    CrashStates.requireFound(paths, WatermarkCrashTest::tryOn);
  }

  private static void tryOn(RecordingDisk disk, long seed) throws IOException {
    disk.createFolders(FILE.getParent());
    disk.settle();
    new Program(disk, new Random(seed)).run();
    CrashStates.check(disk, seed, WatermarkCrashTest::check);
  }

  /** Raises marks and lowers them; now and then its process is killed. */
  private static final class Program {
    private final RecordingDisk disk;
    private final Random random;
    private Map<GroupName, Mark> marks = new HashMap<>();
    private Watermark watermark;

    Program(RecordingDisk disk, Random random) {
      this.disk = disk;
      this.random = random;
    }

    void run() throws IOException {
      reopen();
      for (int step = 0; step < STEPS; step++) {
        disk.killAfter(random.nextInt(5) == 0 ? random.nextInt(3) : Integer.MAX_VALUE);
        try {
          step();
        } catch (RecordingDisk.Killed e) {
          reopen();
        }
      }
    }

    private void step() throws IOException {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          raise();
          disk.mark(new Held(Map.copyOf(marks), false));
          watermark.write();
        }
        case 3, 4, 5 -> {
          raise();
          force();
        }
        case 6 -> {
          // A log is about to be cut.
          marks.replaceAll((_, mark) -> mark.cutTo(mark.flushed().index() / 2));
          marks.forEach(watermark::set);
          force();
        }
        default -> reopen();
      }
    }

    private void raise() {
      for (int i = random.nextInt(3) == 0 ? GROUPS.size() : 1; i > 0; i--) {
        GroupName group = GROUPS.get(random.nextInt(GROUPS.size()));
        Mark before = marks.getOrDefault(group, Mark.START);
        LogPosition flushed =
            new LogPosition(before.term() + 1, before.flushed().index() + 1 + random.nextInt(9));
        marks.put(group, new Mark(flushed, before.term() + 1, "n" + (1 + random.nextInt(3))));
        watermark.set(group, marks.get(group));
      }
    }

    private void force() throws IOException {
      disk.mark(new Held(Map.copyOf(marks), false));
      watermark.force();
      disk.mark(new Held(Map.copyOf(marks), true));
    }

    /** As often as it is killed on the way. What a start reads, it goes by. */
    private void reopen() throws IOException {
      disk.revive();
      disk.killAfter(random.nextInt(3) == 0 ? random.nextInt(3) : Integer.MAX_VALUE);
      try {
        watermark = Watermark.open(disk, FILE, SELF);
      } catch (RecordingDisk.Killed e) {
        reopen();
        return;
      }
      disk.revive();
      marks = marksOf(watermark);
      disk.mark(new Held(Map.copyOf(marks), true));
    }
  }

  private static Map<GroupName, Mark> marksOf(Watermark watermark) {
    Map<GroupName, Mark> marks = new HashMap<>();
    for (GroupName group : GROUPS) {
      watermark.mark(group).ifPresent(mark -> marks.put(group, mark));
    }
    return marks;
  }

  private static void check(RecordingDisk disk, List<Object> said) throws IOException {
    List<Map<GroupName, Mark>> possible = new ArrayList<>(List.of(Map.of()));
    for (Object one : said) {
      Held held = (Held) one;
      if (held.forced) {
        possible.clear();
      }
      possible.add(held.marks);
    }
    assertThat(Watermark.look(disk, FILE, SELF).marks()).isIn(possible);
    try (Watermark watermark = Watermark.open(disk, FILE, SELF)) {
      assertThat(marksOf(watermark)).isIn(possible);
      Mark next = new Mark(new LogPosition(90, 9_000), 90, SELF);
      watermark.set(GroupName.CATALOG, next);
      watermark.force();
      assertThat(Watermark.look(disk, FILE, SELF).marks()).containsEntry(GroupName.CATALOG, next);
    }
  }
}
