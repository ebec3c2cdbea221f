package io.balsa.command;

import io.balsa.model.LogPosition;
import java.util.List;

/**
 * What applying a batch answers to its proposer.
 *
 * @param at the batch's place in the catalog's log
 * @param decisions one for each command, in the batch's order
 */
public record BatchReply(LogPosition at, List<Decision> decisions) {
  /** Copies. */
  public BatchReply {
    decisions = List.copyOf(decisions);
  }
}
