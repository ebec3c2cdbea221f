package io.balsa.service.check;

import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.ObjectRow;
import io.balsa.catalog.StateDigest;
import io.balsa.catalog.Table;
import io.balsa.model.ChunkRef;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.rocks.CatalogSnapshot;
import io.balsa.rocks.CatalogStore;
import io.balsa.rocks.RocksMemory;
import io.balsa.rocks.StorageFailure;
import io.balsa.rocks.TableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Checks a catalog's store: every table's checksums, every row, the digest over all rows against
 * the head's, and the counts of references: over all chunks, what the chunk rows say and what the
 * object rows name must be the same. The latter is compared as a sum over hashes, so that any
 * catalog is checked in constant memory.
 */
final class CatalogCheck {
  private final Path folder;
  private final RocksMemory memory;
  private final Findings findings;

  CatalogCheck(Path folder, RocksMemory memory, Findings findings) {
    this.folder = folder;
    this.memory = memory;
    this.findings = findings;
  }

  /** Checks it; the position that is durable there, or empty where it cannot be read. */
  Optional<LogPosition> run() throws IOException {
    findings.say("catalog: reading " + folder);
    try {
      TableFiles.verify(folder);
    } catch (StorageFailure e) {
      findings.add(folder, Findings.words(e));
    }
    try (StoreScratch scratch = StoreScratch.of(folder)) {
      try (CatalogStore store = CatalogStore.open(scratch.folder(), memory);
          CatalogSnapshot view = store.view()) {
        CatalogHead head = view.head();
        scratch.noteUnnamed(findings);
        checkDigest(view);
        checkReferences(view);
        findings.say("catalog: revision " + head.revision() + ", applied " + head.applied());
        return Optional.of(head.applied());
      } catch (StorageFailure | UncheckedIOException e) {
        findings.add(folder, "cannot be read: " + scratch.words(e));
      }
    }
    return Optional.empty();
  }

  private void checkDigest(CatalogSnapshot view) throws StorageFailure {
    StateDigest digest = view.recomputeDigest();
    StateDigest told = view.head().digest();
    if (!digest.equals(told)) {
      findings.add(folder, "the rows' digest is " + digest + ", the head says " + told);
    }
  }

  private void checkReferences(CatalogSnapshot view) {
    StateDigest named = StateDigest.ZERO;
    try (Cursor<CatalogRow> rows = view.rows(Table.OBJECTS)) {
      while (rows.hasNext()) {
        if (rows.next() instanceof ObjectRow object && object.content().isPresent()) {
          for (ChunkRef chunk : object.content().get().chunks()) {
            named = named.plus(chunk.id().sha256());
          }
        }
      }
    }
    StateDigest counted = StateDigest.ZERO;
    try (Cursor<CatalogRow> rows = view.rows(Table.CHUNKS)) {
      while (rows.hasNext()) {
        if (rows.next() instanceof ChunkRow chunk) {
          counted = counted.plus(times(chunk.id().sha256(), chunk.references()));
        }
      }
    }
    if (!named.equals(counted)) {
      findings.add(folder, "the chunks' references are not what the objects name");
    }
  }

  private static Sha256 times(Sha256 id, long count) {
    return new Sha256(id.a() * count, id.b() * count, id.c() * count, id.d() * count);
  }
}
