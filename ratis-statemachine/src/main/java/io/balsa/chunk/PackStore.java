package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The packs of one chunk group on one replica: append, make durable, read, and find out after a
 * crash what is there. Safe on every thread. Nobody else may write to the folder.
 *
 * <p>Any failed write or force breaks the store: every later call but {@link #close}, {@link #end},
 * {@link #bytes} and {@link #files} throws {@link PackBroken}.
 */
public final class PackStore implements AutoCloseable {
  private final PackFolder folder;
  private final PackWriter writer;
  private final PackReader reader;

  private PackStore(PackFolder folder, PackWriter writer, PackReader reader) {
    this.folder = folder;
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Opens the packs of a folder, settles what a crash left behind, and tells the visitor about each
   * record at or behind {@code indexedUpTo}, in order. What is visited is durable.
   *
   * <p><b>Torn or rotten?</b> In the last pack, unless it is sealed, whatever stands behind the
   * last good record is a torn tail: records whose writing a crash cut short, or preallocated
   * zeros. It is cut. Anything bad that has a good record behind it, or that stands in a pack which
   * is sealed or not the last, is rot: it is told to {@link RecordVisitor#corrupt}, never visited
   * and never cut. A good record has a header and a payload that match their CRCs, the pack's salt,
   * and its own offset.
   *
   * <p>The rule has limits, all of them on the side of telling too little as present:
   *
   * <ul>
   *   <li>Rot in the very last records of the last pack looks like a torn tail and is cut, although
   *       the records were durable. The owner must compare what is visited with what its log says
   *       must be there.
   *   <li>After a power loss, of records that were never synced a later one may be whole and an
   *       earlier one not. The earlier one is told as rot although nobody was promised it.
   *   <li>Bytes in front of {@code indexedUpTo} are not looked at; reads and scrubbing find rot
   *       there.
   * </ul>
   *
   * <p>Blocks that the disk cannot read are rot. A last pack that has one behind {@code
   * indexedUpTo} is not cut, and takes no more records.
   *
   * @param folder made if it is missing
   * @param group the chunk group's number, 1 to {@link Limits#CHUNK_GROUPS_MAX}
   * @param indexedUpTo behind the last record that the caller knows to be durable and has indexed;
   *     {@link PackPosition#START} for none. Nothing is ever appended in front of it.
   * @throws UnknownPackFormat a newer build wrote here; nothing was changed behind that place
   * @throws IOException the packs cannot be read or settled, or the visitor threw
   */
  public static PackStore open(
      Path folder, int group, PackOptions options, PackPosition indexedUpTo, RecordVisitor visitor)
      throws IOException {
    Limits.require("group", group, 1, Limits.CHUNK_GROUPS_MAX);
    PackFolder packs = new PackFolder(folder, group, options);
    PackRecovery.Found found = new PackRecovery(packs, indexedUpTo, visitor).run();
    return new PackStore(packs, new PackWriter(packs, found), new PackReader(packs));
  }

  /**
   * Appends a chunk. Readable on return; not durable until a {@link #sync} that began afterwards.
   * Callers queue; the order of records is the order in which they get their turn.
   *
   * @param at the Raft entry that brings the chunk; {@link LogPosition#START} for one that is moved
   *     here from another pack or replica
   * @param payload 1 to {@link Limits#CHUNK_BYTES_MAX} remaining bytes; neither its position nor
   *     its bytes change, and it is not used after return
   * @param crc32c of the payload, as it came with it; checked before anything is written
   * @throws CorruptChunk the payload has another CRC; nothing was written
   * @throws PackBroken the record may or may not be found when the packs are opened again
   */
  public PackLocation append(LogPosition at, ChunkId id, ByteBuffer payload, int crc32c)
      throws IOException {
    return writer.append(at, id, payload, crc32c);
  }

  /**
   * Makes durable what was appended before the call. Callers at the same time share a force.
   *
   * @throws PackBroken what was not made durable by an earlier call may or may not be
   */
  public void sync() throws IOException {
    writer.sync();
  }

  /**
   * Reads a chunk, durable or not yet, and checks everything that can be checked without hashing:
   * header CRC, id, length, payload CRC.
   *
   * @return the payload, read-only, the caller's to keep
   * @throws CorruptChunk not what was written; another replica has it
   * @throws PackBroken the store broke earlier
   * @throws IOException the disk did not answer, or the calling thread was interrupted
   */
  public ByteBuffer read(PackLocation location, ChunkId id) throws IOException {
    writer.refuseUnlessUsable();
    return reader.read(location, id);
  }

  /**
   * Walks on over the records of all packs, in order, while others append. A pack that is deleted
   * meanwhile is passed over.
   *
   * @param from where the step before ended; {@link PackPosition#START} to begin
   * @param bytesMax ends the step behind the record that reaches it
   * @throws IOException the walker threw
   */
  public PackStep walk(PackPosition from, long bytesMax, PackWalker walker) throws IOException {
    return new PackWalk(folder, reader, this::files, walker).step(from, bytesMax);
  }

  /** Seals the last pack, even if it is empty, and begins the next one. */
  public void seal() throws IOException {
    writer.seal();
  }

  /**
   * Deletes a pack that takes no more records. Reads that are running end undisturbed, and links to
   * the file keep its bytes.
   *
   * @param pack whose records are of no use any more, which is durable elsewhere; nothing happens
   *     if there is no such pack, or it is the last one
   */
  public void delete(int pack) throws IOException {
    if (writer.forget(pack)) {
      reader.forget(pack);
      if (folder.disk().exists(folder.file(pack))) {
        folder.disk().delete(folder.file(pack));
      }
      folder.disk().syncFolder(folder.path());
    }
  }

  /** Bytes of a pack that are neither records nor holes: its header and footer. */
  public static long overheadBytes(PackFile pack) {
    return (long) PackFormat.FILE_HEADER_BYTES
        + (pack.sealed() ? PackFormat.RECORD_HEADER_BYTES : 0);
  }

  /** Bytes of a chunk's record, all in all. */
  public static long recordBytes(PackLocation location) {
    return PackFormat.endOf(location).offset() - location.offset();
  }

  /** Behind the last record; {@code indexedUpTo} of one who has indexed all, once it is synced. */
  public PackPosition end() {
    return writer.end();
  }

  /** Behind the record that stands at a location: {@code indexedUpTo} of one who got that far. */
  public static PackPosition endOf(PackLocation location) {
    return PackFormat.endOf(location);
  }

  /** Bytes in all packs, without what is preallocated. */
  public long bytes() {
    return files().stream().mapToLong(PackFile::bytes).sum();
  }

  /** All packs as they are now, in order; the last one is the one that grows. */
  public List<PackFile> files() {
    return writer.files();
  }

  /**
   * Makes everything durable, cuts what is preallocated, and closes the files; only the last if the
   * store is broken. A second call does nothing.
   */
  @Override
  public void close() throws IOException {
    try (reader) {
      writer.close();
    }
  }
}
