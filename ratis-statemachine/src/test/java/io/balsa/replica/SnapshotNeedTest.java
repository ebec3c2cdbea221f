package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotNeedTest {
  @Test
  void aSnapshotMustReachToWhereTheLeadersLogBegins() {
    SnapshotFetcher.Need need = need(100, new LogPosition(1, 20));
    assertThat(need.isMetBy(new LogPosition(3, 99))).isFalse();
    assertThat(need.isMetBy(new LogPosition(3, 100))).isTrue();
    assertThat(need.isMetBy(new LogPosition(3, 500))).isTrue();
  }

  @Test
  void entriesOfTheSameTermMustNotBeLeftBehindIt() {
    SnapshotFetcher.Need need = need(100, new LogPosition(3, 200));
    assertThat(need.isMetBy(new LogPosition(3, 199))).isFalse();
    assertThat(need.isMetBy(new LogPosition(3, 200))).isTrue();
  }

  @Test
  void entriesOfAnOlderTermBehindItWereGivenUp() {
    SnapshotFetcher.Need need = need(100, new LogPosition(2, 200));
    assertThat(need.isMetBy(new LogPosition(3, 100))).isTrue();
  }

  @Test
  void anEmptyLogNeedsNothingElse() {
    assertThat(need(0, LogPosition.START).isMetBy(new LogPosition(1, 0))).isTrue();
  }

  private static SnapshotFetcher.Need need(long indexMin, LogPosition logEnd) {
    return new SnapshotFetcher.Need(GroupName.CATALOG, Optional.empty(), indexMin, logEnd);
  }
}
