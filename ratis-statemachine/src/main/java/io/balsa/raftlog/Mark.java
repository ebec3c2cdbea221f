package io.balsa.raftlog;

import io.balsa.model.LogPosition;

/**
 * How far one group's log and vote were when somebody looked last: a lower bound of what its files
 * held from then on.
 *
 * @param flushed the last entry that was forced; its term is 0 where it was not known
 * @param term the term in the vote file
 * @param votedFor the peer id in the vote file; empty for none
 */
public record Mark(LogPosition flushed, long term, String votedFor) {
  /** A group that was never used. */
  public static final Mark START = new Mark(LogPosition.START, 0, "");

  /** Longest peer id. */
  public static final int PEER_ID_LENGTH_MAX = 127;

  /** Checks the ranges. */
  public Mark {
    if (term < 0 || votedFor.length() > PEER_ID_LENGTH_MAX) {
      throw new IllegalArgumentException("term=" + term + ", votedFor=" + votedFor);
    }
  }

  /** What this mark and another one of the same replica say together. */
  public Mark with(Mark other) {
    boolean further =
        other.flushed.index() > flushed.index()
            || (other.flushed.index() == flushed.index() && flushed.term() == 0);
    boolean later = other.term > term || (other.term == term && votedFor.isEmpty());
    return new Mark(
        further ? other.flushed : flushed,
        later ? other.term : term,
        later ? other.votedFor : votedFor);
  }

  /** True where another mark of the same replica says what this one does not know. */
  public boolean isBehind(Mark other) {
    return other.flushed.index() > flushed.index()
        || other.term > term
        || (other.term == term && !other.votedFor.isEmpty() && !other.votedFor.equals(votedFor));
  }

  /** Nothing is known to be forced behind {@code index}; the vote stays. */
  public Mark cutTo(long index) {
    return new Mark(new LogPosition(0, index), term, votedFor);
  }
}
