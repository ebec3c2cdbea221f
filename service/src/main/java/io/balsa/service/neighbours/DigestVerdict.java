package io.balsa.service.neighbours;

import io.balsa.model.Sha256;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Which replica is right where some noted different digests at a mark. A majority of all voters
 * decides, as it does over the log. Pure.
 *
 * @param kind what is known
 * @param index of the mark that decided; -1 where none did
 */
public record DigestVerdict(Kind kind, long index) {
  /** What is known. */
  public enum Kind {
    /** Nobody noted anything else. */
    UNDISPUTED,
    /** Somebody did, and a majority noted what this replica did. */
    SOUND,
    /** A majority noted the same, and this replica something else. */
    DIVERGENT,
    /** Somebody noted something else, and too few are heard to tell who is right. */
    UNDECIDED
  }

  /**
   * Judges a replica by the newest mark at which a majority agrees.
   *
   * @param own what it noted, by index of the mark
   * @param others what each other voter noted, where it is heard
   * @param voters of the group, this replica's node among them
   */
  public static DigestVerdict of(
      NavigableMap<Long, Sha256> own, Collection<Map<Long, Sha256>> others, int voters) {
    long disputed = -1;
    for (Map.Entry<Long, Sha256> mark : own.descendingMap().entrySet()) {
      Map<Sha256, Integer> votes = new HashMap<>();
      votes.put(mark.getValue(), 1);
      for (Map<Long, Sha256> other : others) {
        Sha256 noted = other.get(mark.getKey());
        if (noted != null) {
          votes.merge(noted, 1, Integer::sum);
        }
      }
      if (votes.size() > 1) {
        disputed = Math.max(disputed, mark.getKey());
      }
      for (Map.Entry<Sha256, Integer> side : votes.entrySet()) {
        if (side.getValue() > voters / 2) {
          return decided(side.getKey().equals(mark.getValue()), mark.getKey(), disputed);
        }
      }
    }
    return new DigestVerdict(disputed < 0 ? Kind.UNDISPUTED : Kind.UNDECIDED, disputed);
  }

  private static DigestVerdict decided(boolean isOwn, long index, long disputed) {
    if (!isOwn) {
      return new DigestVerdict(Kind.DIVERGENT, index);
    }
    // A newer mark over which there is a dispute is not answered by an older one without.
    return disputed > index
        ? new DigestVerdict(Kind.UNDECIDED, disputed)
        : new DigestVerdict(Kind.SOUND, index);
  }
}
