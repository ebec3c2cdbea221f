package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.LogKeys;
import io.balsa.model.PackPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to packs when they are opened, as {@link PackStore#open} promises: first the last
 * pack is settled (its torn tail cut, the rest made durable), then everything behind the indexed
 * position is told to the visitor. So whatever is visited is durable. One thread, once.
 */
final class PackRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(PackRecovery.class);

  private final PackFolder folder;
  private final PackPosition indexed;
  private final RecordVisitor visitor;

  PackRecovery(PackFolder folder, PackPosition indexed, RecordVisitor visitor) {
    this.folder = folder;
    this.indexed = indexed;
    this.visitor = visitor;
  }

  /**
   * What there is to go on with.
   *
   * @param closed packs that take no more records, in order
   * @param appendAt where the next record goes, if the last pack takes one
   * @param numberMax the highest number that a pack has or had
   */
  record Found(List<PackFile> closed, Optional<PackPosition> appendAt, int numberMax) {}

  Found run() throws IOException {
    folder.prepare();
    folder.requireOwn();
    SortedMap<Integer, Path> packs = folder.packs();
    int last = packs.isEmpty() ? 0 : packs.lastKey();
    Optional<PackPosition> appendAt = settle(last);
    visitAll(packs);
    List<PackFile> closed = new ArrayList<>();
    for (Map.Entry<Integer, Path> pack : packs.entrySet()) {
      if (appendAt.isEmpty() || pack.getKey() != appendAt.get().pack()) {
        closed.add(new PackFile(pack.getValue(), pack.getKey(), sizeOf(pack.getValue()), true));
      }
    }
    return new Found(closed, appendAt, Math.max(last, indexed.pack()));
  }

  /** Makes the last pack fit to go on with; empty if it takes no more records. */
  private Optional<PackPosition> settle(int last) throws IOException {
    if (last == 0 || last < indexed.pack()) {
      return Optional.empty();
    }
    try (DiskFile file = folder.disk().open(folder.file(last))) {
      Optional<PackPosition> end = Optional.empty();
      try {
        end = settle(file, last);
      } catch (UnreadableFile e) {
        // Nobody can tell where it ends, so nothing is cut.
        LOG.atWarn()
            .setCause(e)
            .log("the last pack cannot be read whole: it takes no more records");
      }
      file.sync();
      return end;
    }
  }

  private Optional<PackPosition> settle(DiskFile file, int last) throws IOException {
    Optional<PackHeader> header = folder.header(file, last);
    if (header.isEmpty()) {
      return Optional.empty();
    }
    PackScan.End end = PackScan.run(file, header.get(), startOf(last), new Rewrite(file));
    if (end.sealed()) {
      long footer = end.offset() - PackFormat.RECORD_HEADER_BYTES;
      file.write(PackFormat.encode(RecordHeader.footer(header.get(), footer)), footer);
      return Optional.empty();
    }
    cut(file, last, end);
    return Optional.of(new PackPosition(last, end.offset()));
  }

  private void cut(DiskFile file, int pack, PackScan.End end) throws IOException {
    long tail = file.size() - end.offset();
    if (tail > 0) {
      (end.blank() ? LOG.atDebug() : LOG.atWarn())
          .addKeyValue(LogKeys.FILE, folder.file(pack))
          .addKeyValue(LogKeys.BYTES, tail)
          .log("cut the torn tail of a pack");
      file.truncate(end.offset());
    }
  }

  private void visitAll(SortedMap<Integer, Path> packs) throws IOException {
    int expected = indexed.pack();
    for (int pack : packs.tailMap(indexed.pack()).keySet()) {
      if (expected > 0 && pack > expected) {
        tellMissing(expected, pack - 1);
      }
      visitPack(pack, pack == packs.lastKey());
      expected = pack + 1;
    }
    if (expected > 0 && expected == indexed.pack()) {
      tellMissing(expected, expected);
    }
  }

  private void tellMissing(int first, int last) throws IOException {
    String why = "the files of packs " + first + " to " + last + " are missing";
    visitor.corrupt(CorruptRange.of(first, 0, 0, why));
  }

  private void visitPack(int pack, boolean last) throws IOException {
    try (DiskFile file = new PatchyFile(folder.disk().openToRead(folder.file(pack)))) {
      Optional<PackHeader> header = folder.header(file, pack);
      long size = file.size();
      if (header.isEmpty()) {
        visitor.corrupt(CorruptRange.of(pack, 0, size, PackScan.NO_PACK_HEADER));
        return;
      }
      long start = startOf(pack);
      if (size < start) {
        visitor.corrupt(CorruptRange.of(pack, size, start, "indexed bytes are missing"));
      }
      PackScan.End end = PackScan.run(file, header.get(), start, new Tell());
      for (CorruptRange range : end.tail()) {
        visitor.corrupt(range);
      }
      if (!end.sealed() && !last && end.tail().isEmpty()) {
        visitor.corrupt(CorruptRange.of(pack, size, size, "the footer is missing"));
      }
    }
  }

  private long startOf(int pack) {
    long start = pack == indexed.pack() ? indexed.offset() : 0;
    return Math.max(start, PackFormat.FILE_HEADER_BYTES);
  }

  private long sizeOf(Path pack) throws IOException {
    try (DiskFile file = folder.disk().openToRead(pack)) {
      return file.size();
    }
  }

  /**
   * Writes back what was read. After a failed force the kernel may hold pages that never reached
   * the disk and call them clean; a force alone would then prove nothing, writing them again does.
   */
  private record Rewrite(DiskFile file) implements PackScan.Sink {
    @Override
    public void good(RecordHeader header, ByteBuffer payload) throws IOException {
      long offset = header.location().offset();
      file.write(PackFormat.encode(header), offset);
      file.write(payload.duplicate(), offset + PackFormat.RECORD_HEADER_BYTES);
    }

    @Override
    public void bad(CorruptRange range) {
      // The visitor hears of it on the second walk.
    }
  }

  /** Passes on to the visitor. */
  private final class Tell implements PackScan.Sink {
    @Override
    public void good(RecordHeader header, ByteBuffer payload) throws IOException {
      ChunkId id = header.id();
      visitor.visit(header.at(), id, header.location());
    }

    @Override
    public void bad(CorruptRange range) throws IOException {
      visitor.corrupt(range);
    }
  }
}
