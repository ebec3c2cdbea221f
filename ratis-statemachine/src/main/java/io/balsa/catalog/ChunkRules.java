package io.balsa.catalog;

import io.balsa.command.Decision;
import io.balsa.command.Reason;
import io.balsa.command.Upkeep;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How references to chunks are counted, and how chunks go. Pure; see the package's argument. */
final class ChunkRules {
  private ChunkRules() {}

  /**
   * Why an object may not name these chunks, if so.
   *
   * @param removalsSeen when their presence was checked
   */
  static Optional<Decision.Rejected> refused(
      OverlayView view, List<ChunkRef> chunks, OptionalLong removalsSeen) {
    long removals = view.head().collection().removals();
    boolean isStale = removalsSeen.isPresent() && removalsSeen.getAsLong() < removals;
    for (ChunkRef chunk : chunks) {
      Optional<ChunkRow> row = view.chunk(chunk.id());
      boolean isKept = row.isPresent() && row.get().group() == chunk.group();
      boolean isDeleting = row.isPresent() && row.get().state() == ChunkRow.State.DELETING;
      if (isDeleting || (!isKept && isStale)) {
        return Optional.of(Refusals.of(Reason.CONDEMNED, "chunk", chunk.id()));
      }
    }
    return Optional.empty();
  }

  /**
   * Counts the references. Where two uploads of the same bytes went to different groups, the first
   * that is committed says where the chunk lives.
   */
  static void refer(OverlayView view, List<ChunkRef> chunks) {
    for (ChunkRef chunk : chunks) {
      Optional<ChunkRow> known = view.chunk(chunk.id());
      if (known.isEmpty()) {
        view.insert(ChunkRow.live(chunk.id(), chunk.group(), chunk.length(), 1));
      } else {
        view.replace(known.get(), known.get().referred());
      }
    }
  }

  /** Takes the references of a removed row back; a chunk that loses the last is condemned. */
  static void release(OverlayView view, List<ChunkRef> chunks) {
    for (ChunkRef chunk : chunks) {
      ChunkRow row =
          view.chunk(chunk.id())
              .orElseThrow(() -> new BrokenInvariant("a row's chunk is known: " + chunk));
      BrokenInvariant.check(row.references() > 0, "a row's chunk is referred to", row);
      view.replace(row, row.released(view.head().stampMillis()));
    }
  }

  /** Only what is certainly stored becomes a row, since a put may then name it unchecked. */
  static long condemn(OverlayView view, Upkeep.CondemnChunks command) {
    if (command.removalsSeen() < view.head().collection().removals()) {
      return 0;
    }
    long condemned = 0;
    for (ChunkRef chunk : command.chunks()) {
      if (view.chunk(chunk.id()).isEmpty()) {
        view.insert(
            new ChunkRow(
                chunk.id(),
                chunk.group(),
                chunk.length(),
                0,
                ChunkRow.State.CONDEMNED,
                view.head().stampMillis()));
        condemned++;
      }
    }
    return condemned;
  }

  /** The number of the removal; 0 where no chunk was condemned for long enough. */
  static long delete(OverlayView view, Upkeep.DeleteChunks command) {
    CollectionState before = view.head().collection();
    long removal = before.removals() + 1;
    boolean any = false;
    for (ChunkId id : command.chunks()) {
      Optional<ChunkRow> row = view.chunk(id);
      if (row.isPresent() && isOldEnough(view, row.get(), command.condemnedMillis())) {
        view.replace(row.get(), row.get().deleting(removal));
        any = true;
      }
    }
    if (any) {
      view.moveCollection(before.withRemoval());
    }
    return any ? removal : 0;
  }

  private static boolean isOldEnough(OverlayView view, ChunkRow row, long condemnedMillis) {
    return row.state() == ChunkRow.State.CONDEMNED
        && view.head().stampMillis() - row.since() >= condemnedMillis;
  }

  static long forget(OverlayView view, Upkeep.ForgetChunks command) {
    long forgotten = 0;
    for (ChunkId id : command.chunks()) {
      Optional<ChunkRow> row = view.chunk(id);
      if (row.isPresent()
          && row.get().state() == ChunkRow.State.DELETING
          && row.get().group() == command.group()
          && row.get().since() == command.removal()) {
        view.remove(row.get());
        forgotten++;
      }
    }
    if (forgotten > 0) {
      view.moveCollection(view.head().collection().withForgotten(command.group(), command.index()));
    }
    return forgotten;
  }
}
