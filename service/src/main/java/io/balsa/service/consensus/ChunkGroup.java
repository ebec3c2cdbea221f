package io.balsa.service.consensus;

import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** A chunk group. Thread-safe. */
public non-sealed interface ChunkGroup extends Group {
  /**
   * Proposes chunks and waits until they are durable on a majority and applied here.
   *
   * @param chunks at least 1; their bytes' sum at most {@code Limits.ENTRY_PAYLOAD_BYTES_MAX}; the
   *     caller has checked that each hashes to its id; buffers are not changed until this returns
   * @param timeout positive
   */
  Outcome<LogPosition> put(List<Payload> chunks, Duration timeout);

  /**
   * Proposes that chunks go. The group carries out each number once, and none below one that it has
   * carried out, so that a removal which comes late takes no chunk along that was put since. Does
   * not block.
   *
   * @param removal the number that the catalog gave, 1 and up
   * @param ids 1 to {@code Limits.ENTRY_CHUNKS_MAX}; one that is not there is passed over
   * @return completes when the removal is applied here, and never fails: a failure is an outcome
   */
  CompletableFuture<Outcome<LogPosition>> remove(long removal, List<ChunkId> ids);

  /** The last index that this replica has applied. */
  long appliedIndex();

  /**
   * Some of the chunks that this replica has applied, in order of id.
   *
   * @param behind only those with a greater id; empty for the first ones
   * @param countMax how many
   * @throws ReplicaClosed for the moment nothing is known
   */
  List<Held> held(Optional<ChunkId> behind, int countMax);

  /**
   * True where this replica has applied the chunk: then it was committed, and unless a removal has
   * been since, it is stored.
   *
   * @throws ReplicaClosed for the moment nothing is known
   */
  boolean contains(ChunkId id);

  /**
   * The length of a chunk in bytes; empty where this replica has not applied it. Where an index
   * knows it, better than by this way, which reads the chunk.
   *
   * @throws IOException as {@link #read}
   */
  default OptionalInt length(ChunkId id) throws IOException {
    Optional<ByteBuffer> bytes = read(id);
    return bytes.isPresent() ? OptionalInt.of(bytes.get().remaining()) : OptionalInt.empty();
  }

  /**
   * Reads and checks a chunk from this replica.
   *
   * @return its bytes, read-only; empty where this replica has not applied it
   * @throws ReplicaClosed for the moment nothing is known
   * @throws IOException the bytes here fail their check or cannot be read; ask another replica
   */
  Optional<ByteBuffer> read(ChunkId id) throws IOException;

  /**
   * A chunk without its bytes.
   *
   * @param id its name
   * @param length bytes
   */
  record Held(ChunkId id, int length) {}

  /**
   * A chunk with its bytes.
   *
   * @param id its name
   * @param bytes 1 to {@code Limits.CHUNK_BYTES_MAX} remaining
   */
  record Payload(ChunkId id, ByteBuffer bytes) {}
}
