package io.balsa.command;

import io.balsa.model.Limits;
import java.util.OptionalLong;

/**
 * What a change belongs to.
 *
 * @param transactionId the transaction to stage it in; 0 publishes it by itself
 * @param epoch the writer's fencing epoch; empty where the writer asked for no fencing
 */
public record WriteScope(long transactionId, OptionalLong epoch) {
  /** By itself, not fenced. */
  public static final WriteScope DIRECT = new WriteScope(0, OptionalLong.empty());

  /** Checks the ranges. */
  public WriteScope {
    Limits.require("transaction_id", transactionId, 0, Long.MAX_VALUE);
    if (epoch.isPresent()) {
      Limits.require("epoch", epoch.getAsLong(), 0, Long.MAX_VALUE);
    }
  }

  /** True where the change is staged. */
  public boolean isStaged() {
    return transactionId != 0;
  }
}
