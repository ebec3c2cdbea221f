package io.balsa.service.neighbours;

import io.balsa.model.Sha256;
import io.balsa.replica.DigestMarks;
import io.balsa.replica.GroupStateMachine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/**
 * Compares what this node's replicas noted at marks with what the other voters tell, and acts: a
 * replica that is in dispute is fenced, one that a majority contradicts is condemned, one that a
 * majority agrees with serves again. So a leader finds out that it is the odd one as a follower
 * does. No state.
 */
public final class DigestJury {
  private DigestJury() {}

  /**
   * Looks at one replica.
   *
   * @param voters peer ids of the group's other voters
   * @param beats of those that are heard, by peer id
   * @return true where it is condemned
   */
  public static boolean judge(
      GroupStateMachine replica, Set<String> voters, Map<String, Beat> beats) {
    DigestMarks digests = replica.digests();
    NavigableMap<Long, Sha256> own = digests.noted();
    DigestVerdict verdict =
        DigestVerdict.of(own, notedByOthers(replica, voters, beats), voters.size() + 1);
    switch (verdict.kind()) {
      case DIVERGENT -> {
        digests.doubt(verdict.index(), "most voters noted another digest");
        String reason =
            "at the mark %d of %s this replica noted %s, and most others something else"
                .formatted(verdict.index(), replica.name(), own.get(verdict.index()));
        replica.condemn(reason, new IllegalStateException("the replica diverged"));
      }
      case SOUND -> digests.settle(verdict.index());
      case UNDECIDED -> digests.doubt(verdict.index(), "another voter noted another digest");
      case UNDISPUTED -> {}
    }
    return verdict.kind() == DigestVerdict.Kind.DIVERGENT;
  }

  private static Collection<Map<Long, Sha256>> notedByOthers(
      GroupStateMachine replica, Set<String> voters, Map<String, Beat> beats) {
    List<Map<Long, Sha256>> noted = new ArrayList<>();
    beats.forEach(
        (peerId, beat) -> {
          if (voters.contains(peerId)) {
            noted.add(beat.notedIn(replica.name()));
          }
        });
    return noted;
  }
}
