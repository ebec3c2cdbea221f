package io.balsa.client.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How to begin a transaction.
 *
 * @param epoch the caller's fencing epoch; empty: the dataset's current one
 * @param requestId as in {@link WriteOptions}
 */
public record BeginOptions(OptionalLong epoch, Optional<String> requestId) {
  /** Under the dataset's current epoch, with a fresh request id. */
  public static final BeginOptions DEFAULT =
      new BeginOptions(OptionalLong.empty(), Optional.empty());

  /** These options under a fencing epoch. */
  public BeginOptions withEpoch(long value) {
    return new BeginOptions(OptionalLong.of(value), requestId);
  }
}
