package io.balsa.command;

import io.balsa.model.Limits;
import java.util.List;
import java.util.Optional;

/**
 * One entry of the catalog's log: commands that are applied in order, each deciding alone. A batch
 * without commands is a barrier: it proves leadership and changes nothing.
 *
 * @param stamp the leader's words about time and retention
 * @param commands at most {@link Limits#ENTRY_COMMANDS_MAX}
 * @param mark present where the replicas note their digests behind this entry; changes nothing
 */
public record CommandBatch(Stamp stamp, List<Envelope> commands, Optional<DigestMark> mark) {
  /** Copies and checks. */
  public CommandBatch {
    Limits.require("commands", commands.size(), 0, Limits.ENTRY_COMMANDS_MAX);
    commands = List.copyOf(commands);
  }

  /** Commands alone. */
  public CommandBatch(Stamp stamp, List<Envelope> commands) {
    this(stamp, commands, Optional.empty());
  }

  /**
   * What the leader stamps on an entry, so that replicas need no clock and no configuration.
   *
   * @param timeMillis the leader's wall clock since 1970; display and expiry only, made monotone
   *     when applied
   * @param repliesKeptRevisions replies older than this many revisions are dropped; at least 1
   * @param repliesKeptMillis replies older than this are dropped; at least 1
   */
  public record Stamp(long timeMillis, long repliesKeptRevisions, long repliesKeptMillis) {
    /** Checks the ranges. */
    public Stamp {
      Limits.require("stamp.time", timeMillis, 0, Long.MAX_VALUE);
      Limits.require("stamp.replies-kept-revisions", repliesKeptRevisions, 1, Long.MAX_VALUE);
      Limits.require("stamp.replies-kept-ms", repliesKeptMillis, 1, Long.MAX_VALUE);
    }
  }
}
