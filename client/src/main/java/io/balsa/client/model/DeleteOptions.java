package io.balsa.client.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How to delete an object.
 *
 * @param precondition what must hold
 * @param epoch the caller's fencing epoch; empty: not fenced
 * @param write how durable, and under which request id
 */
public record DeleteOptions(
    Optional<Precondition> precondition, OptionalLong epoch, WriteOptions write) {
  /** No precondition, no epoch. */
  public static final DeleteOptions DEFAULT =
      new DeleteOptions(Optional.empty(), OptionalLong.empty(), WriteOptions.DEFAULT);

  /** These options with a precondition. */
  public DeleteOptions withPrecondition(Precondition value) {
    return new DeleteOptions(Optional.of(value), epoch, write);
  }

  /** These options under a fencing epoch. */
  public DeleteOptions withEpoch(long value) {
    return new DeleteOptions(precondition, OptionalLong.of(value), write);
  }

  /** These options with other write options. */
  public DeleteOptions with(WriteOptions value) {
    return new DeleteOptions(precondition, epoch, value);
  }
}
