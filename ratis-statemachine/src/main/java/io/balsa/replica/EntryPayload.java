package io.balsa.replica;

import io.balsa.command.ChunkBatch;
import io.balsa.model.BrokenInvariant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * The data of a chunk group's entry, as members send it to each other; docs/formats/log.md. Chunks
 * that were removed since may be left out. Pure.
 */
final class EntryPayload {
  private EntryPayload() {}

  /**
   * Puts an entry's data together.
   *
   * @param chunks one for each of the batch, empty for those left out
   */
  static ByteString encode(ChunkBatch batch, List<Optional<ByteBuffer>> chunks) {
    ByteString data = ByteString.EMPTY;
    BitSet leftOut = new BitSet();
    for (int i = 0; i < chunks.size(); i++) {
      if (chunks.get(i).isEmpty()) {
        leftOut.set(i);
      }
      int length = batch.chunks().get(i).length();
      ByteBuffer bytes = chunks.get(i).orElseGet(() -> ByteBuffer.allocate(length));
      data = data.concat(UnsafeByteOperations.unsafeWrap(bytes));
    }
    if (leftOut.isEmpty()) {
      return data;
    }
    byte[] bitmap = new byte[bitmapBytes(batch)];
    byte[] set = leftOut.toByteArray();
    System.arraycopy(set, 0, bitmap, 0, set.length);
    return data.concat(UnsafeByteOperations.unsafeWrap(bitmap));
  }

  /** Takes an entry's data apart: for each chunk its bytes, or empty where it was left out. */
  static List<Optional<ByteBuffer>> decode(ChunkBatch batch, ByteBuffer data) {
    BitSet leftOut = leftOut(batch, data);
    List<Optional<ByteBuffer>> chunks = new ArrayList<>(batch.chunks().size());
    int from = data.position();
    for (ChunkBatch.Chunk chunk : batch.chunks()) {
      chunks.add(
          leftOut.get(chunks.size())
              ? Optional.empty()
              : Optional.of(data.slice(from, chunk.length())));
      from += chunk.length();
    }
    return chunks;
  }

  private static BitSet leftOut(ChunkBatch batch, ByteBuffer data) {
    int payload = batch.payloadBytes();
    if (data.remaining() == payload) {
      return new BitSet();
    }
    BrokenInvariant.check(
        data.remaining() == payload + bitmapBytes(batch),
        "data fits its header",
        payload,
        data.remaining());
    return BitSet.valueOf(data.slice(data.position() + payload, bitmapBytes(batch)));
  }

  private static int bitmapBytes(ChunkBatch batch) {
    return (batch.chunks().size() + Byte.SIZE - 1) / Byte.SIZE;
  }
}
