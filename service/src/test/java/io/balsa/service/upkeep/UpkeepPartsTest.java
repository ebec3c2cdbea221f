package io.balsa.service.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.GroupName;
import io.balsa.replica.ChunkUpkeep.Health;
import io.balsa.replica.StoreClosed;
import io.balsa.rocks.StorageFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpkeepPartsTest {
  private final StopSignal stop = new StopSignal();
  private final List<GroupName> corrupt = new ArrayList<>();

  @Test
  void muchDeadSpaceGoesByItselfAndLittleStays() {
    CompactionRule rule = new CompactionRule(1, 100, 0.12, () -> Long.MAX_VALUE);
    assertThat(rule.deadShareMax(health(1_000), 99)).isGreaterThan(1);
    assertThat(rule.deadShareMax(health(1_000), 151)).isEqualTo(0.12);
    assertThat(rule.deadShareMax(health(1_000), 150)).isEqualTo(0.5);
  }

  private static Health health(long liveBytes) {
    return new Health(0, liveBytes, liveBytes, 0);
  }

  @Test
  void aPassGoesOnWhereItWasOverAllTargets() throws Exception {
    Target one = new Target("one", 3);
    Target two = new Target("two", 2);
    List<String> steps = new ArrayList<>();
    boolean whole =
        pass(one, two)
            .run(
                0,
                new ScrubTarget.Cursor(1, 0),
                (target, step) -> steps.add(target + "@" + step.next().file()));
    assertThat(whole).isTrue();
    assertThat(steps).containsExactly("0@2", "0@3", "1@1", "1@2");
  }

  @Test
  void aPassThatIsStoppedEndsBehindItsStep() throws Exception {
    List<Integer> steps = new ArrayList<>();
    boolean whole =
        pass(new Target("one", 5))
            .run(
                0,
                ScrubTarget.Cursor.START,
                (_, step) -> {
                  steps.add(step.next().file());
                  if (steps.size() == 2) {
                    stop.stop();
                  }
                });
    assertThat(whole).isFalse();
    assertThat(steps).containsExactly(1, 2);
  }

  @Test
  void aDamagedStoreIsToldAndTheOthersAreReadAllTheSame() throws Exception {
    Target damaged = new Target("damaged", 1);
    damaged.failure = StorageFailure.corruption("damaged");
    Target other = new Target("other", 2);
    assertThat(pass(damaged, other).run(0, ScrubTarget.Cursor.START, (_, _) -> {})).isTrue();
    assertThat(corrupt).containsExactly(GroupName.CATALOG);
    assertThat(other.steps).isEqualTo(2);
  }

  @Test
  void aStoreThatCannotBeReadForOnceIsNotGivenUp() {
    Target sound = new Target("sound", 1);
    sound.failure = new StorageFailure("Too many open files");
    assertThatThrownBy(() -> pass(sound).run(0, ScrubTarget.Cursor.START, (_, _) -> {}))
        .isSameAs(sound.failure);
    assertThat(corrupt).isEmpty();
  }

  @Test
  void aClosedStoreIsWaitedFor() throws Exception {
    Target closed = new Target("closed", 1);
    closed.failure = new StoreClosed(GroupName.CATALOG);
    closed.failures = 1;
    assertThat(pass(closed).run(0, ScrubTarget.Cursor.START, (_, _) -> {})).isTrue();
    assertThat(closed.steps).isEqualTo(1);
  }

  private ScrubPass pass(ScrubTarget... targets) {
    return new ScrubPass(List.of(targets), stop.rate(0), stop, (group, _) -> corrupt.add(group));
  }

  /** Some files of one byte. */
  private static final class Target implements ScrubTarget {
    private final String name;
    private final int files;
    private int steps;
    private IOException failure;
    private int failures = Integer.MAX_VALUE;

    Target(String name, int files) {
      this.name = name;
      this.files = files;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public GroupName group() {
      return GroupName.CATALOG;
    }

    @Override
    public long bytes() {
      return files;
    }

    @Override
    public Step step(Cursor from, long bytesMax) throws IOException {
      if (failure != null && failures-- > 0) {
        throw failure;
      }
      steps++;
      return new Step(new Cursor(from.file() + 1, 0), 1, 0, from.file() + 1 == files);
    }
  }
}
