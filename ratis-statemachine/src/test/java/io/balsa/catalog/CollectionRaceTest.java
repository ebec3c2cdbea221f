package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.testing.Seeds;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Uploads, deletes, versions and collection of the same few chunks, with every message late, twice
 * or never: whoever was told that a chunk is stored is not betrayed. {@code -Dseed=N} repeats one.
 */
class CollectionRaceTest {
  private static final int SEEDS = 2_000;

  /** Rare losses take more; the search ends at the first. */
  private static final int SEEDS_WITHOUT_GUARD_MAX = 20_000;

  private static final int STEPS = 400;

  static LongStream blocks() {
    return Seeds.upTo(SEEDS).filter(seed -> System.getProperty("seed") != null || seed % 100 == 1);
  }

  @ParameterizedTest(name = "-Dseed={0} and the next 99")
  @MethodSource("blocks")
  void everyChunkThatAnObjectNamesIsStored(long first) {
    int count = System.getProperty("seed") == null ? 100 : 1;
    long collected = 0;
    long committed = 0;
    for (long seed = first; seed < first + count; seed++) {
      CollectionRace race = new CollectionRace(seed, CollectionRace.Guard.ALL);
      for (int step = 0; step < STEPS; step++) {
        String did = race.step();
        assertThat(race.lost()).as("-Dseed=%s step %s: lost by %s", seed, step, did).isEmpty();
      }
      collected += race.forgotten();
      committed += race.committed();
      race.settle();
      assertThat(race.leftovers()).as("-Dseed=%s: left when all is deleted", seed).isEmpty();
    }
    assertThat(committed).as("puts that were accepted").isPositive();
    assertThat(collected).as("chunks that were collected").isPositive();
  }

  /** The race is one: without any one of the guards, something is lost. */
  @Test
  void eachGuardIsNeeded() {
    for (CollectionRace.Guard without : CollectionRace.Guard.values()) {
      if (without != CollectionRace.Guard.ALL) {
        assertThat(firstSeedThatLoses(without)).as("without %s", without).isPositive();
      }
    }
  }

  private static long firstSeedThatLoses(CollectionRace.Guard without) {
    for (long seed = 1; seed <= SEEDS_WITHOUT_GUARD_MAX; seed++) {
      CollectionRace race = new CollectionRace(seed, without);
      for (int step = 0; step < STEPS; step++) {
        race.step();
        if (!race.lost().isEmpty()) {
          return seed;
        }
      }
    }
    return 0;
  }
}
