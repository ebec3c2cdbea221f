package io.balsa.client.model;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How to put an object.
 *
 * @param metadata the caller's own facts, at most 64 pairs and 8,192 bytes in all
 * @param precondition what must hold
 * @param epoch the caller's fencing epoch; empty: not fenced
 * @param write how durable, and under which request id
 */
public record PutOptions(
    Map<String, String> metadata,
    Optional<Precondition> precondition,
    OptionalLong epoch,
    WriteOptions write) {
  /** No metadata, no precondition, no epoch. */
  public static final PutOptions DEFAULT =
      new PutOptions(Map.of(), Optional.empty(), OptionalLong.empty(), WriteOptions.DEFAULT);

  /** Takes a copy. */
  public PutOptions {
    metadata = Map.copyOf(metadata);
  }

  /** These options with metadata. */
  public PutOptions withMetadata(Map<String, String> value) {
    return new PutOptions(value, precondition, epoch, write);
  }

  /** These options with a precondition. */
  public PutOptions withPrecondition(Precondition value) {
    return new PutOptions(metadata, Optional.of(value), epoch, write);
  }

  /** These options under a fencing epoch. */
  public PutOptions withEpoch(long value) {
    return new PutOptions(metadata, precondition, OptionalLong.of(value), write);
  }

  /** These options with other write options. */
  public PutOptions with(WriteOptions value) {
    return new PutOptions(metadata, precondition, epoch, value);
  }
}
