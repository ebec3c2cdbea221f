package io.balsa.replica;

import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.chunk.CorruptChunk;
import io.balsa.chunk.CorruptRange;
import io.balsa.chunk.PackFile;
import io.balsa.chunk.PackStep;
import io.balsa.chunk.PackWalker;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkEntry;
import io.balsa.rocks.ChunkRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Care for a chunk group's store while it is in use: finds what has rotted, puts back what is lost,
 * and moves what is alive out of packs that are mostly dead. Everything goes in steps, so that
 * whoever drives it decides how fast; between steps the store may be closed or replaced, upon which
 * a step throws {@link StoreClosed}.
 *
 * <p>A record is moved by appending it again, without an entry; once it is durable the index names
 * the new one, if it still named the old one. A crash at any moment leaves one of the two named,
 * and the other dead.
 *
 * <p>Safe on every thread, but an interrupt while it writes counts as a failed write.
 */
public final class ChunkUpkeep {
  private static final Logger log = LoggerFactory.getLogger(ChunkUpkeep.class);

  private final GroupName name;
  private final StoreSlot<ChunkStore> slot;
  private final ChunkSource others;

  ChunkUpkeep(GroupName name, StoreSlot<ChunkStore> slot, ChunkSource others) {
    this.name = name;
    this.slot = slot;
    this.others = others;
  }

  /**
   * How a store is.
   *
   * @param lost chunks that are lost here and wait for repair
   * @param packBytes in all packs
   * @param liveBytes of those, named by the index
   * @param damagedPacks in which something bad was seen, and which are still there
   */
  public record Health(long lost, long packBytes, long liveBytes, int damagedPacks) {}

  /**
   * What a step of scrubbing did.
   *
   * @param next where the next one begins
   * @param bytes read
   * @param found chunks that it found to be bad
   * @param last true if nothing stands behind
   */
  public record ScrubStep(PackPosition next, long bytes, long found, boolean last) {}

  /**
   * What a step of moving did.
   *
   * @param offset where in the pack the next one begins
   * @param bytes walked over
   * @param last true if the pack's end was reached
   */
  public record MoveStep(long offset, long bytes, boolean last) {}

  /** Whose store it is. */
  public GroupName group() {
    return name;
  }

  /** How the store is. */
  public Health health() throws IOException {
    return slot.with(
        store -> {
          List<PackFile> packs = store.packs.files();
          return new Health(
              store.index.lost(),
              packs.stream().mapToLong(PackFile::bytes).sum(),
              packs.stream().mapToLong(pack -> store.use.live(pack.number())).sum(),
              store.damaged.size());
        });
  }

  /** Bytes in the index's files. */
  public long indexBytes() throws IOException {
    return slot.with(store -> store.index.tableBytes());
  }

  /**
   * Reads records and checks all that can be checked: headers, CRCs, that each payload hashes to
   * its id, that packs are there and sealed ones have their footers. A chunk whose record is bad is
   * noted as lost; a pack with anything bad in it will be given up.
   *
   * @param from where the step before ended; {@link PackPosition#START} to begin
   */
  public ScrubStep scrub(PackPosition from, long bytesMax) throws IOException {
    return slot.with(
        store -> {
          Inspection inspection = new Inspection(store);
          PackStep step = store.packs.walk(from, bytesMax, inspection);
          if (step.ended().isPresent() && store.damaged.contains(step.ended().getAsInt())) {
            inspection.found += rescue(store, step.ended().getAsInt(), false);
          }
          return new ScrubStep(step.next(), step.bytes(), inspection.found, step.last());
        });
  }

  /** Looks at each record. */
  private static final class Inspection implements PackWalker {
    private final ChunkStore store;
    private long found;

    Inspection(ChunkStore store) {
      this.store = store;
    }

    @Override
    public void good(ChunkId id, PackLocation location, ByteBuffer payload) throws IOException {
      if (!Sha256.of(payload).equals(id.sha256())) {
        store.damaged.add(location.pack());
        ChunkEntry entry = new ChunkEntry(id, new ChunkRow.Stored(location));
        found += store.lose(entry, "the payload does not hash to its id") ? 1 : 0;
      }
    }

    @Override
    public void bad(CorruptRange range) {
      if (store.damaged.add(range.pack())) {
        log.atError().addKeyValue("range", range).log("a pack has rotted");
      }
    }
  }

  /**
   * Reads the index's files and compares them with their checksums.
   *
   * @throws io.balsa.rocks.StorageFailure they are damaged: the store cannot be trusted any more
   */
  public void verifyIndex() throws IOException {
    slot.with(
        store -> {
          store.index.verify();
          return true;
        });
  }

  /** Chunks that are lost here, at most so many, in order of id behind a given one. */
  public List<ChunkId> lost(Optional<ChunkId> behind, int countMax) throws IOException {
    return slot.with(store -> store.index.lost(behind, countMax));
  }

  /** How many chunks are lost here; 0 while the store is closed. Cheap. */
  public long lost() {
    return slot.peek(store -> store.index.lost()).orElse(0L);
  }

  /**
   * Gets a chunk from another member.
   *
   * @return its bytes, for {@link #restore}
   * @throws IOException no member gave it
   */
  public ByteBuffer fetch(ChunkId id) throws IOException, InterruptedException {
    return others.fetch(name, id);
  }

  /**
   * Puts a lost chunk back. Durable on return.
   *
   * @param bytes as another member gave them; they are checked
   * @return false if it is not lost any more
   * @throws CorruptChunk they are other bytes; nothing was written
   * @throws IOException they cannot be written
   */
  public boolean restore(ChunkId id, ByteBuffer bytes) throws IOException {
    return slot.with(
        store -> {
          if (!(store.index.get(id).orElse(null) instanceof ChunkRow.Lost lost)) {
            return false;
          }
          // The appending checks the CRC.
          if (bytes.remaining() != lost.length() || !Sha256.of(bytes).equals(id.sha256())) {
            throw new CorruptChunk(id, "another member gave other bytes");
          }
          return move(store, List.of(append(store, id, lost, bytes))) > 0;
        });
  }

  /** A record that is appended again. */
  private record Move(ChunkEntry before, PackLocation to) {}

  private static Move append(ChunkStore store, ChunkId id, ChunkRow row, ByteBuffer bytes)
      throws IOException {
    return new Move(
        new ChunkEntry(id, row), store.packs.append(LogPosition.START, id, bytes, row.crc32c()));
  }

  /** Makes appended records durable, and the index name them; returns for how many it does. */
  private static int move(ChunkStore store, List<Move> moves) throws IOException {
    if (moves.isEmpty()) {
      return 0;
    }
    store.sync();
    int moved = 0;
    for (Move move : moves) {
      moved += store.replace(move.before, new ChunkRow.Stored(move.to)) ? 1 : 0;
    }
    return moved;
  }

  /** Seals the last pack if it is damaged, or its dead share exceeds a bound. */
  public void sealIfWasteful(double deadShareMax) throws IOException {
    slot.with(
        store -> {
          PackFile last = store.packs.files().getLast();
          if (isWasteful(store, last, deadShareMax)) {
            store.packs.seal();
          }
          return true;
        });
  }

  /**
   * The pack that is best given up: damaged, or of those whose dead share exceeds a bound the one
   * with the largest. Empty if there is none.
   */
  public OptionalInt wasteful(double deadShareMax) throws IOException {
    return wasteful(deadShareMax, Long.MAX_VALUE);
  }

  /**
   * As {@link #wasteful(double)}, of the packs whose live records are no more than so many bytes:
   * these are copied before the pack goes.
   */
  public OptionalInt wasteful(double deadShareMax, long liveBytesMax) throws IOException {
    return slot.with(
        store ->
            store.packs.files().stream()
                .filter(store::isSettled)
                .filter(pack -> store.use.live(pack.number()) <= liveBytesMax)
                .filter(pack -> isWasteful(store, pack, deadShareMax))
                .max(Comparator.comparingDouble(pack -> deadShare(store, pack)))
                .map(pack -> OptionalInt.of(pack.number()))
                .orElse(OptionalInt.empty()));
  }

  private static boolean isWasteful(ChunkStore store, PackFile pack, double deadShareMax) {
    return store.damaged.contains(pack.number()) || deadShare(store, pack) > deadShareMax;
  }

  private static double deadShare(ChunkStore store, PackFile pack) {
    return (double) store.deadBytes(pack) / Math.max(1, pack.bytes());
  }

  /** Bytes in the packs that are dead: neither named by the index, nor pending. */
  public long deadBytes() throws IOException {
    return slot.with(store -> store.packs.files().stream().mapToLong(store::deadBytes).sum());
  }

  /** Moves the next live records of a pack to the last one. */
  public MoveStep evacuate(int pack, long offset, long bytesMax) throws IOException {
    return slot.with(
        store -> {
          Evacuation evacuation = new Evacuation(store, pack);
          PackStep step = store.packs.walk(new PackPosition(pack, offset), bytesMax, evacuation);
          move(store, evacuation.moves);
          boolean last = step.last() || step.next().pack() != pack;
          return new MoveStep(step.next().offset(), step.bytes(), last);
        });
  }

  /** Appends again what is alive. What is bad is for {@link #rescue} to look at. */
  private record Evacuation(ChunkStore store, int pack, List<Move> moves) implements PackWalker {
    Evacuation(ChunkStore store, int pack) {
      this(store, pack, new ArrayList<>());
    }

    @Override
    public void good(ChunkId id, PackLocation location, ByteBuffer payload) throws IOException {
      ChunkRow row = new ChunkRow.Stored(location);
      if (location.pack() == pack
          && store.index.get(id).equals(Optional.of(row))
          && Sha256.of(payload).equals(id.sha256())) {
        moves.add(append(store, id, row, payload));
      }
    }

    @Override
    public void bad(CorruptRange range) {
      store.damaged.add(range.pack());
    }
  }

  /**
   * Deletes a pack whose live records were moved. Those that are still there could not be found by
   * walking: they are read one by one, and what is bad is noted as lost.
   *
   * @return bytes that were freed; empty if the pack is needed still
   */
  public OptionalLong discard(int pack) throws IOException {
    return slot.with(
        store -> {
          Optional<PackFile> file =
              store.packs.files().stream()
                  .filter(there -> there.number() == pack && store.isSettled(there))
                  .findFirst();
          if (file.isEmpty()) {
            return OptionalLong.empty();
          }
          if (store.use.live(pack) > 0) {
            rescue(store, pack, true);
          }
          return store.delete(file.get())
              ? OptionalLong.of(file.get().bytes())
              : OptionalLong.empty();
        });
  }

  /**
   * Reads every record that the index names in a pack, notes the bad ones as lost, and may move the
   * good ones; returns how many were bad.
   */
  private static long rescue(ChunkStore store, int pack, boolean moveGood) throws IOException {
    long bad = 0;
    try (Cursor<ChunkEntry> entries = store.index.entries()) {
      while (entries.hasNext()) {
        ChunkEntry entry = entries.next();
        if (!(entry.row() instanceof ChunkRow.Stored(PackLocation location))
            || location.pack() != pack) {
          continue;
        }
        try {
          ByteBuffer bytes = store.packs.read(location, entry.id());
          if (!Sha256.of(bytes).equals(entry.id().sha256())) {
            throw new CorruptChunk(entry.id(), location, "the payload does not hash to its id");
          }
          if (moveGood) {
            move(store, List.of(append(store, entry.id(), entry.row(), bytes)));
          }
        } catch (CorruptChunk e) {
          bad += store.lose(entry, String.valueOf(e.getMessage())) ? 1 : 0;
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return bad;
  }
}
