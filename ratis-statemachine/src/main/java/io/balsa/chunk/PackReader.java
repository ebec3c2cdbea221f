package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.PackLocation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Reads records and believes none of them unchecked. Safe on every thread. */
final class PackReader implements AutoCloseable {
  /** Tries while interrupts of other threads keep closing the file that is shared with them. */
  private static final int TRIES_MAX = 16;

  private final PackHandles handles;

  PackReader(PackFolder folder) {
    this.handles = new PackHandles(folder);
  }

  /** See {@link PackStore#read}. */
  ByteBuffer read(PackLocation location, ChunkId id) throws IOException {
    int length = location.length();
    if (length < 1 || length > Limits.CHUNK_BYTES_MAX || location.offset() < 0) {
      throw new CorruptChunk(id, location, "no record can stand there");
    }
    ByteBuffer record = ByteBuffer.allocate(PackFormat.RECORD_HEADER_BYTES + length);
    try {
      fill(record, location);
    } catch (NoSuchFileException e) {
      throw new CorruptChunk(id, location, "the pack's file is missing");
    } catch (Unreadable e) {
      throw new CorruptChunk(id, location, "the disk does not read it: " + e.getMessage());
    }
    record.flip();
    Optional<RecordHeader> header =
        PackFormat.decodeRecord(
            record, location.pack(), PackFormat.saltOf(record), location.offset());
    check(header.isPresent(), id, location, "the record's header is damaged");
    RecordHeader found = header.orElseThrow();
    check(found.kind() == RecordKind.CHUNK, id, location, "the record holds no chunk");
    check(found.id().equals(id), id, location, "the record holds another chunk");
    check(found.location().equals(location), id, location, "length or CRC is not as indexed");
    check(record.limit() == record.capacity(), id, location, "the payload is cut short");
    ByteBuffer payload = record.slice(PackFormat.RECORD_HEADER_BYTES, length);
    int crc = PackFormat.crc32c(payload);
    check(crc == location.crc32c(), id, location, "the payload does not match its CRC");
    return payload.asReadOnlyBuffer();
  }

  /** Lets go of all files; a read that is running ends undisturbed. */
  @Override
  public void close() throws IOException {
    handles.close();
  }

  /** Forgets a pack whose file is about to go; reads that are running end undisturbed. */
  void forget(int pack) throws IOException {
    handles.forget(pack);
  }

  private void fill(ByteBuffer record, PackLocation location) throws IOException {
    with(location.pack(), file -> file.read(record.clear(), location.offset()));
  }

  /** What is done with an open pack. */
  @FunctionalInterface
  interface Reading<T> {
    T from(DiskFile file) throws IOException;
  }

  /** The disk failed to read: a bad sector, most likely. Nothing that was written is at stake. */
  static final class Unreadable extends IOException {
    Unreadable(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /**
   * Reads from a pack; again from the start where somebody else's interrupt closed the file.
   *
   * @throws NoSuchFileException if the pack is missing
   * @throws Unreadable if the disk fails to read
   */
  <T> T with(int pack, Reading<T> reading) throws IOException {
    for (int tries = 1; ; tries++) {
      PackHandles.Handle handle = handles.lease(pack);
      try {
        return reading.from(handle.file());
      } catch (ClosedByInterruptException e) {
        handles.drop(handle);
        throw e;
      } catch (ClosedChannelException e) {
        // Somebody else was interrupted while reading, which closed the file under us.
        handles.drop(handle);
        if (tries == TRIES_MAX) {
          throw e;
        }
      } catch (UnknownPackFormat | CorruptChunk e) {
        throw e;
      } catch (IOException e) {
        throw new Unreadable(e);
      } finally {
        handles.release(handle);
      }
    }
  }

  private static void check(boolean holds, ChunkId id, PackLocation location, String why)
      throws CorruptChunk {
    if (!holds) {
      throw new CorruptChunk(id, location, why);
    }
  }
}
