package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.Mark;
import io.balsa.service.neighbours.KeptMarks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node keeps for other members, after a power cut. */
class KeptMarksCrashTest {
  private static final Path FOLDER = Path.of("/data/neighbours");
  private static final List<String> MEMBERS = List.of("n2.00000000000000aa", "n3.00000000000000bb");
  private static final List<GroupName> GROUPS =
      List.of(GroupName.CATALOG, GroupName.chunks(1), GroupName.chunks(2));
  private static final int STEPS = 20;

  /** What members had told by now, and whether that was said to be durable. */
  private record Told(Map<String, Map<GroupName, Mark>> marks, boolean kept) {}

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void whatWasKeptIsRememberedAndNothingThatNobodyTold(long seed) throws IOException {
    tryOn(new RecordingDisk(), seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/n2.*", "/neighbours", "/data"})
  void aForceThatIsLeftOutIsFound(String paths) throws Exception {
    CrashStates.requireFound(paths, KeptMarksCrashTest::tryOn);
  }

  private static void tryOn(RecordingDisk disk, long seed) throws IOException {
    disk.createFolders(FOLDER.getParent());
    disk.settle();
    run(disk, new Random(seed));
    CrashStates.check(disk, seed, KeptMarksCrashTest::check);
  }

  /** Members tell more and more, with each beat; now and then the process is killed. */
  private static void run(RecordingDisk disk, Random random) throws IOException {
    Map<String, Map<GroupName, Mark>> told = new HashMap<>();
    KeptMarks kept = new KeptMarks(disk, FOLDER);
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(3) != 0) {
        String member = MEMBERS.get(random.nextInt(MEMBERS.size()));
        GroupName group = GROUPS.get(random.nextInt(GROUPS.size()));
        long term = 1L + step / 4;
        Mark more = new Mark(new LogPosition(term, step), term, "n" + term % 3);
        told.computeIfAbsent(member, _ -> new HashMap<>()).merge(group, more, Mark::with);
      }
      disk.mark(new Told(copy(told), false));
      disk.killAfter(random.nextInt(4) == 0 ? random.nextInt(8) : Integer.MAX_VALUE);
      try {
        if (random.nextInt(8) == 0) {
          kept = new KeptMarks(disk, FOLDER);
        }
        for (Map.Entry<String, Map<GroupName, Mark>> beat : told.entrySet()) {
          kept.note(beat.getKey(), beat.getValue());
        }
        kept.keep();
        disk.mark(new Told(copy(told), true));
      } catch (RecordingDisk.Killed e) {
        kept = new KeptMarks(disk, FOLDER);
      }
      disk.revive();
    }
  }

  private static Map<String, Map<GroupName, Mark>> copy(Map<String, Map<GroupName, Mark>> told) {
    Map<String, Map<GroupName, Mark>> copy = new HashMap<>();
    told.forEach((member, marks) -> copy.put(member, Map.copyOf(marks)));
    return copy;
  }

  private static void check(RecordingDisk disk, List<Object> said) throws IOException {
    Told kept = new Told(Map.of(), true);
    Told last = kept;
    for (Object one : said) {
      last = (Told) one;
      kept = last.kept ? last : kept;
    }
    KeptMarks marks = new KeptMarks(disk, FOLDER);
    for (String member : MEMBERS) {
      Map<GroupName, Mark> found = marks.of(member);
      kept.marks
          .getOrDefault(member, Map.of())
          .forEach(
              (group, mark) ->
                  assertThat(found.getOrDefault(group, Mark.START))
                      .as("%s of %s, of which %s was kept", group, member, mark)
                      .matches(remembered -> !remembered.isBehind(mark)));
      Map<GroupName, Mark> told = last.marks.getOrDefault(member, Map.of());
      found.forEach(
          (group, mark) ->
              assertThat(told.getOrDefault(group, Mark.START))
                  .as("%s of %s, of which %s is remembered", group, member, mark)
                  .matches(known -> !known.isBehind(mark)));
    }
  }
}
