package io.balsa.service.check;

import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.catalog.Table;
import io.balsa.model.GroupName;
import io.balsa.rocks.CatalogSnapshot;
import io.balsa.rocks.CatalogStore;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.RocksMemory;
import io.balsa.rocks.StorageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Compares what the catalog says of a group's chunks with the group's index, in constant memory.
 *
 * <p>What can be concluded: a chunk of another length than the catalog says is wrong whatever else
 * is the case. A chunk that is not there is wrong only if both replicas have all that they ever
 * will: the chunk's entry may not have been applied here yet, or not have come here, and its
 * removal may be applied in the group before the catalog's replica here knows that it was given up.
 * One folder shows that only for the single member of a cluster whose logs are both applied to
 * their ends. Of other nodes such chunks are counted and noted.
 */
final class PlacementCheck {
  private final Path catalog;
  private final RocksMemory memory;
  private final Findings findings;

  PlacementCheck(Path catalog, RocksMemory memory, Findings findings) {
    this.catalog = catalog;
    this.memory = memory;
    this.findings = findings;
  }

  /**
   * Compares a group.
   *
   * @param folder its store
   * @param isFinal both replicas have all that they ever will
   */
  void run(GroupName group, Path folder, boolean isFinal) throws IOException {
    findings.say(group + ": comparing with the catalog");
    try (StoreScratch names = StoreScratch.of(catalog);
        StoreScratch places = StoreScratch.of(folder.resolve("index"));
        CatalogStore store = CatalogStore.open(names.folder(), memory);
        CatalogSnapshot view = store.view();
        ChunkIndex index = ChunkIndex.open(places.folder(), memory)) {
      compare(group, folder, view, index, isFinal);
    } catch (StorageFailure | UncheckedIOException e) {
      findings.note(folder, "cannot be compared with the catalog: " + Findings.words(e));
    }
  }

  private void compare(
      GroupName group, Path folder, CatalogSnapshot view, ChunkIndex index, boolean isFinal)
      throws StorageFailure {
    long missing = 0;
    try (Cursor<CatalogRow> rows = view.rows(Table.CHUNKS)) {
      while (rows.hasNext()) {
        if (!(rows.next() instanceof io.balsa.catalog.ChunkRow chunk)
            || chunk.group() != group.chunkGroup()
            || chunk.references() == 0) {
          continue;
        }
        Optional<ChunkRow> row = index.get(chunk.id());
        if (row.isEmpty()) {
          missing++;
          if (isFinal) {
            findings.add(folder, "chunk " + chunk.id() + " is named by objects and not there");
          }
        } else if (row.get().length() != chunk.length()) {
          findings.add(
              folder,
              "chunk %s is of %d bytes, the catalog says %d"
                  .formatted(chunk.id(), row.get().length(), chunk.length()));
        }
      }
    }
    if (missing > 0 && !isFinal) {
      findings.note(
          folder,
          "%d chunks that the catalog names here, at %s, are not in the group, at %s: whether they"
                  .formatted(missing, view.head().applied(), index.head().applied())
              + " are only not applied here yet cannot be told without the other members");
    }
  }
}
