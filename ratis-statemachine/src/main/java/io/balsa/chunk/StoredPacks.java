package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.PackLocation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The packs of a folder that nobody writes to, to be read and not to be changed: unlike {@link
 * PackStore}, which settles what a crash left behind. One thread.
 */
public final class StoredPacks implements AutoCloseable {
  private final PackFolder folder;
  private final PackReader reader;

  private StoredPacks(PackFolder folder) {
    this.folder = folder;
    this.reader = new PackReader(folder);
  }

  /**
   * Opens nothing yet.
   *
   * @param folder must be there
   * @param group the chunk group's number
   */
  public static StoredPacks of(Path folder, int group) {
    return new StoredPacks(new PackFolder(folder, group, PackOptions.DEFAULT));
  }

  /** The file that a pack has, or should have. */
  public Path file(int pack) {
    return folder.file(pack);
  }

  /** The packs that are there, in order; all but the last one should be sealed. */
  public List<PackFile> files() throws IOException {
    SortedMap<Integer, Path> packs = folder.packs();
    List<PackFile> files = new ArrayList<>();
    for (Map.Entry<Integer, Path> pack : packs.entrySet()) {
      boolean sealed = !pack.getKey().equals(packs.lastKey());
      files.add(new PackFile(pack.getValue(), pack.getKey(), Files.size(pack.getValue()), sealed));
    }
    return files;
  }

  /**
   * Walks over a pack and tells what stands there. Zeros at the end of the last pack are no rot:
   * they are space kept for records to come.
   *
   * @throws UnknownPackFormat a newer build wrote it
   * @throws IOException the disk does not read it, or the walker threw
   */
  public void walk(PackFile pack, PackWalker walker) throws IOException {
    try (DiskFile file = folder.disk().openToRead(pack.path())) {
      Optional<PackHeader> header = folder.header(file, pack.number());
      if (header.isEmpty()) {
        walker.bad(CorruptRange.of(pack.number(), 0, pack.bytes(), PackScan.NO_PACK_HEADER));
        return;
      }
      PackScan.End end =
          PackScan.run(file, header.get(), PackFormat.FILE_HEADER_BYTES, new Tell(walker));
      if (pack.sealed() || !end.blank()) {
        for (CorruptRange range : end.tail()) {
          walker.bad(range);
        }
      }
      if (pack.sealed() && !end.sealed() && end.tail().isEmpty()) {
        long size = pack.bytes();
        walker.bad(CorruptRange.of(pack.number(), size, size, "the footer is missing"));
      }
    }
  }

  private record Tell(PackWalker walker) implements PackScan.Sink {
    @Override
    public void good(RecordHeader header, ByteBuffer payload) throws IOException {
      ChunkId id = header.id();
      walker.good(id, header.location(), payload.asReadOnlyBuffer());
    }

    @Override
    public void bad(CorruptRange range) throws IOException {
      walker.bad(range);
    }
  }

  /**
   * Reads a chunk and checks all but that it hashes to its id.
   *
   * @throws CorruptChunk it is not what was written, or not there
   */
  public ByteBuffer read(PackLocation location, ChunkId id) throws IOException {
    return reader.read(location, id);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
