package io.balsa.service.check;

import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.catalog.StateDigest;
import io.balsa.chunk.CorruptChunk;
import io.balsa.chunk.CorruptRange;
import io.balsa.chunk.PackFile;
import io.balsa.chunk.PackWalker;
import io.balsa.chunk.StoredPacks;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkEntry;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.RocksMemory;
import io.balsa.rocks.StorageFailure;
import io.balsa.rocks.TableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Checks a chunk group's store: the index's tables, its rows against its head (count, bytes,
 * digest), and for every row that its record is there and good: header, place, CRC-32C, and that
 * the payload hashes to the id.
 *
 * <p>The packs are read once, in order, and the sum of the ids of all good records that the index
 * names is compared with the sum over the index. Only where the two differ, each row's record is
 * read by itself to say which one is bad. So the memory does not grow with the store.
 *
 * <p>Records that no row names are dead or not applied yet; bad bytes where no row needs a record
 * are noted and no finding.
 */
final class ChunksCheck {
  private final Path folder;
  private final GroupName group;
  private final RocksMemory memory;
  private final Findings findings;

  ChunksCheck(Path folder, GroupName group, RocksMemory memory, Findings findings) {
    this.folder = folder;
    this.group = group;
    this.memory = memory;
    this.findings = findings;
  }

  /** What an index says, summed up. */
  private record Sums(long chunks, long bytes, StateDigest digest, long lost, StateDigest stored) {}

  /** Checks it; the position that is durable there, or empty where the index cannot be read. */
  Optional<LogPosition> run() throws IOException {
    Path tables = folder.resolve("index");
    findings.say(group + ": reading " + folder);
    try {
      TableFiles.verify(tables);
    } catch (StorageFailure e) {
      findings.add(tables, Findings.words(e));
    }
    try (StoreScratch scratch = StoreScratch.of(tables)) {
      try (ChunkIndex index = ChunkIndex.open(scratch.folder(), memory);
          StoredPacks packs = StoredPacks.of(folder, group.chunkGroup())) {
        scratch.noteUnnamed(findings);
        Sums sums = sum(index);
        checkHead(index, sums);
        if (!walk(index, packs).equals(sums.stored)) {
          checkEach(index, packs);
        }
        ChunkHead head = index.head();
        findings.say(group + ": " + head.chunks() + " chunks, applied " + head.applied());
        return Optional.of(head.applied());
      } catch (StorageFailure | UncheckedIOException e) {
        findings.add(tables, "cannot be read: " + scratch.words(e));
      }
    }
    return Optional.empty();
  }

  private Sums sum(ChunkIndex index) {
    long chunks = 0;
    long bytes = 0;
    long lost = 0;
    StateDigest digest = StateDigest.ZERO;
    StateDigest stored = StateDigest.ZERO;
    try (Cursor<ChunkEntry> entries = index.entries()) {
      while (entries.hasNext()) {
        ChunkEntry entry = entries.next();
        chunks++;
        bytes += entry.row().length();
        digest = digest.plus(entry.row().member(entry.id()));
        switch (entry.row()) {
          case ChunkRow.Stored _ -> stored = stored.plus(entry.id().sha256());
          case ChunkRow.Lost _ -> {
            lost++;
            findings.add(
                folder,
                "chunk " + entry.id() + " is lost here and waits for another member's copy");
          }
        }
      }
    }
    return new Sums(chunks, bytes, digest, lost, stored);
  }

  private void checkHead(ChunkIndex index, Sums sums) {
    ChunkHead head = index.head();
    Path tables = folder.resolve("index");
    if (sums.chunks != head.chunks() || sums.bytes != head.bytes()) {
      findings.add(
          tables,
          "its rows are of %d chunks of %d bytes, its head says %d of %d"
              .formatted(sums.chunks, sums.bytes, head.chunks(), head.bytes()));
    }
    if (!sums.digest.equals(head.digest())) {
      findings.add(
          tables, "the rows' digest is " + sums.digest + ", the head says " + head.digest());
    }
    if (sums.lost != index.lost()) {
      findings.add(
          tables, sums.lost + " rows are of lost chunks, and its list has " + index.lost());
    }
  }

  /** Reads all packs; the sum of the ids whose records the index names and that are good. */
  private StateDigest walk(ChunkIndex index, StoredPacks packs) throws IOException {
    Good good = new Good(index, packs);
    List<PackFile> files = packs.files();
    for (PackFile pack : files) {
      findings.say(group + ": " + pack.path().getFileName() + " of " + files.size());
      try {
        packs.walk(pack, good);
      } catch (StorageFailure e) {
        throw e;
      } catch (IOException e) {
        findings.add(pack.path(), "cannot be read: " + Findings.words(e));
      }
    }
    return good.sum;
  }

  /** Adds the good ones up. */
  private final class Good implements PackWalker {
    private final ChunkIndex index;
    private final StoredPacks packs;
    private StateDigest sum = StateDigest.ZERO;

    Good(ChunkIndex index, StoredPacks packs) {
      this.index = index;
      this.packs = packs;
    }

    @Override
    public void good(ChunkId id, PackLocation location, ByteBuffer payload) throws IOException {
      boolean named = index.get(id).equals(Optional.of(new ChunkRow.Stored(location)));
      if (named && Sha256.of(payload).equals(id.sha256())) {
        sum = sum.plus(id.sha256());
      }
    }

    @Override
    public void bad(CorruptRange range) {
      Path pack = packs.file(range.pack());
      String what =
          "bytes %d to %d: %s".formatted(range.startInclusive(), range.endExclusive(), range.why());
      if (range.startInclusive() == 0) {
        findings.add(pack, what);
      } else {
        findings.note(pack, what + " (what rows need of it is a finding of its own)");
      }
    }
  }

  /** Reads each row's record, since some is bad. */
  private void checkEach(ChunkIndex index, StoredPacks packs) throws IOException {
    try (Cursor<ChunkEntry> entries = index.entries()) {
      while (entries.hasNext()) {
        ChunkEntry entry = entries.next();
        if (entry.row() instanceof ChunkRow.Stored(PackLocation location)) {
          Path pack = packs.file(location.pack());
          try {
            ByteBuffer payload = packs.read(location, entry.id());
            if (!Sha256.of(payload).equals(entry.id().sha256())) {
              findings.add(pack, "the payload of chunk " + entry.id() + " does not hash to its id");
            }
          } catch (CorruptChunk e) {
            findings.add(pack, Findings.words(e));
          }
        }
      }
    }
  }
}
