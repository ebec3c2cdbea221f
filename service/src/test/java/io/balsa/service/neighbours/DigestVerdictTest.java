package io.balsa.service.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.Sha256;
import io.balsa.service.neighbours.DigestVerdict.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DigestVerdictTest {
  private static final Sha256 X = new Sha256(1, 2, 3, 4);
  private static final Sha256 Y = new Sha256(5, 6, 7, 8);
  private static final Sha256 Z = new Sha256(9, 9, 9, 9);

  private static DigestVerdict of(
      int voters, Map<Long, Sha256> own, List<Map<Long, Sha256>> others) {
    return DigestVerdict.of(new TreeMap<>(own), others, voters);
  }

  @Test
  void aReplicaThatAMajorityContradictsIsDivergent() {
    assertThat(of(3, Map.of(7L, Y), List.of(Map.of(7L, X), Map.of(7L, X))))
        .isEqualTo(new DigestVerdict(Kind.DIVERGENT, 7));
    assertThat(of(5, Map.of(7L, Y), List.of(Map.of(7L, X), Map.of(7L, X), Map.of(7L, X))).kind())
        .isEqualTo(Kind.DIVERGENT);
  }

  @Test
  void aReplicaThatAMajorityConfirmsIsSound() {
    assertThat(of(3, Map.of(7L, X), List.of(Map.of(7L, X), Map.of(7L, Y))))
        .isEqualTo(new DigestVerdict(Kind.SOUND, 7));
    assertThat(of(1, Map.of(7L, X), List.of()).kind()).isEqualTo(Kind.SOUND);
  }

  @Test
  void whileTooFewAreHeardNothingIsDecided() {
    assertThat(of(3, Map.of(7L, X), List.of(Map.of(7L, Y))))
        .isEqualTo(new DigestVerdict(Kind.UNDECIDED, 7));
    assertThat(of(3, Map.of(7L, X), List.of(Map.of(7L, Y), Map.of(7L, Z))).kind())
        .isEqualTo(Kind.UNDECIDED);
    assertThat(of(3, Map.of(7L, X), List.of(Map.of(), Map.of(6L, Y))).kind())
        .isEqualTo(Kind.UNDISPUTED);
  }

  @Test
  void aNewerMarkCountsMoreThanAnOlderOne() {
    assertThat(of(3, Map.of(7L, X, 9L, X), List.of(Map.of(7L, Y, 9L, X), Map.of(7L, Y))))
        .isEqualTo(new DigestVerdict(Kind.SOUND, 9));
    assertThat(of(3, Map.of(7L, X, 9L, X), List.of(Map.of(7L, X, 9L, Y), Map.of(7L, X))))
        .isEqualTo(new DigestVerdict(Kind.UNDECIDED, 9));
  }

  /** Whatever is heard: two majorities cannot contradict each other. */
  @Test
  void noMinorityEverCondemnsAMajority() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      int voters = random.nextBoolean() ? 3 : 5;
      List<Map<Long, Sha256>> noted = new ArrayList<>();
      int divergent = random.nextInt(voters / 2 + 1);
      for (int voter = 0; voter < voters; voter++) {
        Map<Long, Sha256> own = new HashMap<>();
        for (long index = 1; index <= 4; index++) {
          if (random.nextInt(3) > 0) {
            own.put(index, voter < divergent ? new Sha256(index, voter, 0, 0) : X);
          }
        }
        noted.add(own);
      }
      int judge = random.nextInt(voters);
      List<Map<Long, Sha256>> heard = new ArrayList<>(noted);
      heard.remove(judge);
      heard.removeIf(_ -> random.nextInt(4) == 0);
      Kind kind = DigestVerdict.of(new TreeMap<>(noted.get(judge)), heard, voters).kind();
      assertThat(kind)
          .as("-Dseed=%d round %d", seed, round)
          .isNotEqualTo(judge < divergent ? Kind.SOUND : Kind.DIVERGENT);
    }
  }
}
