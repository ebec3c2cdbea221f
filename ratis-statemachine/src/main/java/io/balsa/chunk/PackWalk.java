package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.PackPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** One step of {@link PackStore#walk}. For one thread. */
record PackWalk(
    PackFolder folder, PackReader reader, Supplier<List<PackFile>> packs, PackWalker walker) {
  /** Where a step through one pack ended. */
  private record Reached(long offset, boolean ended) {}

  PackStep step(PackPosition from, long bytesMax) throws IOException {
    List<PackFile> all = packs.get();
    Optional<PackFile> found =
        all.stream().filter(pack -> pack.number() >= from.pack()).findFirst();
    if (found.isEmpty()) {
      return new PackStep(from, 0, OptionalInt.empty(), true);
    }
    PackFile pack = found.get();
    long start = pack.number() == from.pack() ? from.offset() : 0;
    start = Math.max(start, PackFormat.FILE_HEADER_BYTES);
    Reached reached;
    try {
      reached = walk(pack, start, start + bytesMax);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    boolean last = reached.ended && pack.equals(all.getLast());
    return new PackStep(
        reached.ended
            ? new PackPosition(pack.number() + 1, 0)
            : new PackPosition(pack.number(), reached.offset),
        Math.max(0, reached.offset - start),
        reached.ended ? OptionalInt.of(pack.number()) : OptionalInt.empty(),
        last);
  }

  private Reached walk(PackFile pack, long start, long to) throws IOException {
    try {
      // A file that is open stays readable under no name.
      if (!folder.disk().exists(pack.path())) {
        throw new NoSuchFileException(pack.path().toString());
      }
      return reader.with(pack.number(), file -> walk(file, pack, start, to));
    } catch (NoSuchFileException e) {
      if (packs.get().stream().anyMatch(there -> there.number() == pack.number())) {
        walker.bad(CorruptRange.of(pack.number(), 0, 0, "the pack's file is missing"));
      }
      return new Reached(pack.bytes(), true);
    } catch (PackReader.Unreadable e) {
      long end = Math.min(to, pack.bytes());
      walker.bad(CorruptRange.of(pack.number(), start, end, "the disk does not read it: " + e));
      return new Reached(end, end == pack.bytes());
    }
  }

  private Reached walk(DiskFile file, PackFile pack, long start, long to) throws IOException {
    Optional<PackHeader> header = folder.header(file, pack.number());
    if (header.isEmpty()) {
      new Tell().bad(CorruptRange.of(pack.number(), 0, pack.bytes(), PackScan.NO_PACK_HEADER));
      return new Reached(pack.bytes(), true);
    }
    PackScan.End end = PackScan.run(file, header.get(), start, to, pack.bytes(), new Tell());
    Tell tell = new Tell();
    end.tail().forEach(tell::bad);
    boolean ended = end.sealed() || end.reached() >= pack.bytes();
    if (ended && pack.sealed() && !end.sealed() && end.tail().isEmpty()) {
      tell.bad(CorruptRange.of(pack.number(), pack.bytes(), pack.bytes(), "the footer is missing"));
    }
    return new Reached(end.reached(), ended);
  }

  /** Passes on to the walker. What that throws is no failure of reading, so it goes unchecked. */
  private final class Tell implements PackScan.Sink {
    @Override
    public void good(RecordHeader header, ByteBuffer payload) {
      ChunkId id = header.id();
      try {
        walker.good(id, header.location(), payload.asReadOnlyBuffer());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void bad(CorruptRange range) {
      try {
        walker.bad(range);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
