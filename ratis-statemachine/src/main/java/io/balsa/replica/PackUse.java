package io.balsa.replica;

import io.balsa.chunk.PackStore;
import io.balsa.model.PackLocation;
import io.balsa.rocks.ChunkChange;
import io.balsa.rocks.ChunkRow;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many bytes of each pack the index names: the rest is dead, or pending. Thread-safe. */
final class PackUse {
  private final ConcurrentMap<Integer, Long> live = new ConcurrentHashMap<>();

  /** Counts a record that the index names. */
  void add(PackLocation location) {
    live.merge(location.pack(), PackStore.recordBytes(location), Long::sum);
  }

  /** Counts what a batch changed. */
  void change(Collection<ChunkChange> changes) {
    for (ChunkChange change : changes) {
      stored(change.before())
          .ifPresent(gone -> live.merge(gone.pack(), -PackStore.recordBytes(gone), Long::sum));
      stored(change.after()).ifPresent(this::add);
    }
  }

  private static Optional<PackLocation> stored(Optional<ChunkRow> row) {
    return row.orElse(null) instanceof ChunkRow.Stored(PackLocation location)
        ? Optional.of(location)
        : Optional.empty();
  }

  /** Bytes of the records of a pack that the index names. */
  long live(int pack) {
    return live.getOrDefault(pack, 0L);
  }

  /** Forgets a pack that is gone. */
  void forget(int pack) {
    live.remove(pack);
  }
}
