package io.balsa.command;

import io.balsa.model.Limits;
import io.balsa.model.Sha256;
import java.util.Optional;

/**
 * A mark in a group's log. Each replica notes the digest of its state behind the mark's entry, and
 * compares what it noted at the mark before with what the proposer noted there; so a mark never
 * says anything of a state that is still being made.
 *
 * @param previous what the proposer noted at the mark before; empty where it noted none
 */
public record DigestMark(Optional<Noted> previous) {
  /** The first mark of a proposer. */
  public static final DigestMark FIRST = new DigestMark(Optional.empty());

  /**
   * What a replica noted at a mark.
   *
   * @param index of the mark's entry, at least 1
   * @param digest of the replica's state behind it
   */
  public record Noted(long index, Sha256 digest) {
    /** Checks the range. */
    public Noted {
      Limits.require("digest-mark.index", index, 1, Long.MAX_VALUE);
    }
  }
}
