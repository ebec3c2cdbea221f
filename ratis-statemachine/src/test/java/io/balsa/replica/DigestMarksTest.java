package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.catalog.StateDigest;
import io.balsa.command.DigestMark;
import io.balsa.model.GroupName;
import io.balsa.model.Sha256;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DigestMarksTest {
  private final DigestMarks marks = new DigestMarks(GroupName.CATALOG);

  private static StateDigest digest(int n) {
    return new StateDigest(n, 0, 0, 0);
  }

  private static DigestMark saying(long index, int digest) {
    return new DigestMark(Optional.of(new DigestMark.Noted(index, new Sha256(digest, 0, 0, 0))));
  }

  @Test
  void replicasThatAgreeAreNotInDoubt() throws StoreClosed {
    marks.note(5, digest(50), DigestMark.FIRST);
    marks.note(9, digest(90), saying(5, 50));
    assertThat(marks.doubt()).isEmpty();
    assertThat(marks.newest()).isEqualTo(saying(9, 90).previous());
    marks.requireBelieved();
  }

  @Test
  void aReplicaThatNotedSomethingElseIsInDoubtUntilItIsSettled() throws StoreClosed {
    marks.note(5, digest(50), DigestMark.FIRST);
    marks.note(9, digest(90), saying(5, 51));
    assertThat(marks.doubt().map(DigestMarks.Doubt::index)).contains(5L);
    assertThatThrownBy(marks::requireBelieved).isInstanceOf(StoreClosed.class);
    marks.settle(4);
    assertThat(marks.doubt()).isPresent();
    marks.settle(5);
    assertThat(marks.doubt()).isEmpty();
    marks.requireBelieved();
  }

  @Test
  void aMarkThatThisReplicaDoesNotKnowIsNoReasonForDoubt() {
    marks.note(9, digest(90), saying(5, 51));
    assertThat(marks.doubt()).isEmpty();
    marks.forget();
    marks.note(12, digest(1), saying(9, 91));
    assertThat(marks.doubt()).isEmpty();
  }

  @Test
  void onlyTheNewestMarksAreRemembered() {
    for (int index = 1; index <= 100; index++) {
      marks.note(index, digest(index), DigestMark.FIRST);
    }
    assertThat(marks.noted()).hasSize(DigestMarks.NOTED_MAX).containsKeys(93L, 100L);
  }
}
