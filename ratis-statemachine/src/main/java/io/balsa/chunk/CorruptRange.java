package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import java.util.Optional;

/**
 * Bytes of a pack that are not what was written.
 *
 * @param pack the pack's number
 * @param startInclusive offset of the first bad byte's record
 * @param endExclusive offset behind; equal to the start if a whole file or footer is missing
 * @param at the Raft entry, if the record's header is good and only its payload is not
 * @param id the chunk, likewise
 * @param why for a person
 */
public record CorruptRange(
    int pack,
    long startInclusive,
    long endExclusive,
    Optional<LogPosition> at,
    Optional<ChunkId> id,
    String why) {
  static CorruptRange of(int pack, long startInclusive, long endExclusive, String why) {
    return new CorruptRange(
        pack, startInclusive, endExclusive, Optional.empty(), Optional.empty(), why);
  }

  static CorruptRange payloadOf(RecordHeader header, String why) {
    return new CorruptRange(
        header.location().pack(),
        header.location().offset(),
        header.end(),
        Optional.of(header.at()),
        Optional.of(header.id()),
        why);
  }
}
