package io.balsa.catalog;

import io.balsa.command.Decision;
import java.util.List;

/**
 * What a batch came to.
 *
 * @param decisions one for each command, in the batch's order
 * @param writes from the state before the batch to the state after it; each table and key at most
 *     once; by table, then key, but replies from the oldest on. A reply row may be replaced by one
 *     with another sequence: the request id expired and was used again
 * @param after where the catalog is now; to be stored in one step with the writes
 */
public record AppliedBatch(List<Decision> decisions, List<CatalogWrite> writes, CatalogHead after) {
  /** Copies. */
  public AppliedBatch {
    decisions = List.copyOf(decisions);
    writes = List.copyOf(writes);
  }
}
