package io.balsa.service.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptMarksTest {
  private static final GroupName GROUP = GroupName.chunks(1);

  @TempDir private Path temp;

  private KeptMarks open() {
    return new KeptMarks(Disk.real(), temp.resolve("neighbours"));
  }

  private static Mark mark(long term, long index, String votedFor) {
    return new Mark(new LogPosition(1, index), term, votedFor);
  }

  @Test
  void whatWasKeptIsThereAgainAndOnlyTheMostCounts() throws IOException {
    try (KeptMarks kept = open()) {
      kept.note("n1.a", Map.of(GROUP, mark(2, 10, "n3.c")));
      kept.note("n1.a", Map.of(GROUP, mark(1, 20, "n2.b")));
      kept.note("n1.a", Map.of(GROUP, mark(2, 5, ""), GroupName.CATALOG, mark(7, 1, "")));
      kept.note("n2.b", Map.of(GROUP, mark(9, 9, "n2.b")));
      kept.keep();
      kept.note("n1.a", Map.of(GROUP, mark(3, 30, "")));
      assertThat(kept.of("n1.a")).containsEntry(GROUP, mark(3, 30, ""));
    }
    try (KeptMarks kept = open()) {
      assertThat(kept.of("n1.a"))
          .as("what was not kept is gone")
          .isEqualTo(Map.of(GROUP, mark(2, 20, "n3.c"), GroupName.CATALOG, mark(7, 1, "")));
      assertThat(kept.of("n2.b")).isEqualTo(Map.of(GROUP, mark(9, 9, "n2.b")));
      assertThat(kept.of("n3.c")).isEmpty();
    }
  }

  @Test
  void nothingIsWrittenWhereNothingIsToldThatWasNotKnown() throws IOException {
    try (KeptMarks kept = open()) {
      assertThat(kept.of("n1.a")).isEmpty();
      kept.note("n1.a", Map.of(GROUP, Mark.START));
      kept.keep();
    }
    assertThat(Files.exists(temp.resolve("neighbours"))).isFalse();
  }
}
