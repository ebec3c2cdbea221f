package io.balsa.service.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Watermark;
import io.balsa.service.consensus.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecollectionTest {
  private static final GroupName GROUP = GroupName.chunks(1);
  private static final Member SELF = member("n1");
  private static final Member OTHER = member("n2");
  private static final Member DOWN = member("n3");

  @TempDir private Path temp;

  private Watermark own;
  private KeptMarks kept;
  private final Map<Member, Map<GroupName, Mark>> remembered = new HashMap<>();
  private final Set<GroupName> returning = new HashSet<>();
  private final List<String> halts = new ArrayList<>();
  private Recollection recollection;

  private static Member member(String nodeId) {
    return new Member(nodeId, nodeId + ".0123456789abcdef", nodeId + ":1", nodeId + ":2");
  }

  private static Mark mark(long index, long term) {
    return new Mark(new LogPosition(1, index), term, "");
  }

  @BeforeEach
  void openFiles() throws IOException {
    own = Watermark.open(Disk.real(), temp.resolve("watermark"), SELF.peerId());
    kept = new KeptMarks(Disk.real(), temp.resolve("neighbours"));
    own.set(GROUP, mark(10, 3));
    recollection =
        new Recollection(
            SELF.peerId(),
            own,
            kept,
            (of, _) ->
                remembered.containsKey(of)
                    ? CompletableFuture.completedFuture(remembered.get(of))
                    : CompletableFuture.failedFuture(new IOException("down")),
            returning::contains,
            (what, _) -> halts.add(what));
  }

  @AfterEach
  void closeFiles() throws IOException {
    own.close();
    kept.close();
  }

  private void open() throws IOException {
    recollection.beforeOpening(List.of(SELF, OTHER, DOWN));
  }

  @Test
  void whatOthersRememberRaisesTheWatermarkBeforeReplicasOpen() throws IOException {
    remembered.put(OTHER, Map.of(GROUP, mark(50, 2)));
    open();
    assertThat(own.mark(GROUP)).contains(mark(50, 3));
    assertThat(halts).isEmpty();
  }

  @Test
  void whatAnotherTellsByItselfBeforeReplicasOpenRaisesTheWatermarkToo() throws IOException {
    recollection.told(OTHER.peerId(), Map.of(GROUP, mark(50, 2)));
    open();
    assertThat(own.mark(GROUP)).contains(mark(50, 3));
    assertThat(halts).isEmpty();
    recollection.told(OTHER.peerId(), Map.of(GROUP, mark(51, 2)));
    assertThat(halts).hasSize(1);
  }

  @Test
  void aReplicaThatIsOnItsWayBackAndALostWatermarkStayAsTheyAre() throws IOException {
    returning.add(GROUP);
    remembered.put(OTHER, Map.of(GROUP, mark(50, 9), GroupName.CATALOG, mark(7, 7)));
    open();
    recollection.told(OTHER.peerId(), Map.of(GROUP, mark(50, 9)));
    assertThat(own.mark(GROUP)).contains(mark(10, 3));
    assertThat(own.mark(GroupName.CATALOG)).isEmpty();
    assertThat(halts).isEmpty();
  }

  @Test
  void whoWasDownIsAskedUntilItAnswersAndItsNewsStopTheNode() throws IOException {
    open();
    recollection.askAgain();
    assertThat(halts).isEmpty();
    remembered.put(DOWN, Map.of(GROUP, mark(10, 3)));
    remembered.put(OTHER, Map.of(GROUP, mark(11, 3)));
    recollection.askAgain();
    assertThat(halts).containsExactly("the data folder is an old copy");

    halts.clear();
    recollection.askAgain();
    assertThat(halts).as("all have answered").isEmpty();
  }

  @Test
  void theNextStartKnowsWhatStoppedTheNode() throws IOException {
    remembered.put(OTHER, Map.of());
    open();
    recollection.told(DOWN.peerId(), Map.of(GROUP, mark(4, 5)));
    assertThat(halts).hasSize(1);
    assertThat(own.mark(GROUP)).contains(mark(10, 3));
    open();
    assertThat(own.mark(GROUP)).contains(mark(10, 5));
  }

  @Test
  void anotherVoteInTheSameTermIsNews() throws IOException {
    own.set(GROUP, new Mark(new LogPosition(1, 10), 3, OTHER.peerId()));
    open();
    Mark known = new Mark(new LogPosition(1, 10), 3, OTHER.peerId());
    recollection.told(OTHER.peerId(), Map.of(GROUP, known));
    assertThat(halts).isEmpty();
    Mark otherVote = new Mark(new LogPosition(1, 10), 3, DOWN.peerId());
    recollection.told(OTHER.peerId(), Map.of(GROUP, otherVote));
    assertThat(halts).hasSize(1);
  }

  @Test
  void aReplicaThatWasTakenInAgainIsNoOldCopyForItsVoteForItself() throws IOException {
    own.set(GROUP, new Mark(new LogPosition(1, 10), 3, SELF.peerId()));
    remembered.put(OTHER, Map.of(GROUP, new Mark(new LogPosition(1, 9), 3, OTHER.peerId())));
    open();
    recollection.told(DOWN.peerId(), remembered.get(OTHER));
    assertThat(halts).isEmpty();
    assertThat(own.mark(GROUP)).contains(new Mark(new LogPosition(1, 10), 3, SELF.peerId()));
    recollection.told(DOWN.peerId(), Map.of(GROUP, new Mark(new LogPosition(1, 11), 3, "")));
    assertThat(halts).hasSize(1);
  }
}
