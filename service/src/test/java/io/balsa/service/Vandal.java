package io.balsa.service;

import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.RowCodec;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.PackLocation;
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkChange;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.RocksMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** Changes the store of a node that is down, past its log: what a defect of apply would do. */
final class Vandal {
  private Vandal() {}

  /** Puts a dataset into a catalog, with its digest. */
  static void plantDataset(Path folder, DatasetName name) {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (Options options = new Options();
        DBOptions opening = new DBOptions()) {
      for (byte[] family : RocksDB.listColumnFamilies(options, folder.toString())) {
        families.add(new ColumnFamilyDescriptor(family));
      }
      try (RocksDB db = RocksDB.open(opening, folder.toString(), families, handles)) {
        plant(db, handles, new DatasetRow(name, 999_999, 0, 0));
        handles.forEach(ColumnFamilyHandle::close);
      }
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void plant(RocksDB db, List<ColumnFamilyHandle> handles, DatasetRow row)
      throws RocksDBException {
    ColumnFamilyHandle heads = named(handles, "default");
    CatalogHead head = RowCodec.decodeHead(db.get(heads, new byte[] {0}));
    CatalogHead planted =
        new CatalogHead(
            head.applied(),
            head.revision(),
            head.stampMillis(),
            head.replies(),
            head.digest().plus(RowCodec.hash(row)),
            head.collection());
    try (WriteBatch batch = new WriteBatch();
        WriteOptions writing = new WriteOptions().setDisableWAL(true);
        FlushOptions flushing = new FlushOptions()) {
      batch.put(named(handles, "datasets"), RowCodec.key(row), RowCodec.value(row));
      batch.put(heads, new byte[] {0}, RowCodec.headValue(planted));
      db.write(writing, batch);
      db.flush(flushing, handles);
    }
  }

  private static ColumnFamilyHandle named(List<ColumnFamilyHandle> handles, String name)
      throws RocksDBException {
    for (ColumnFamilyHandle handle : handles) {
      if (new String(handle.getName(), StandardCharsets.UTF_8).equals(name)) {
        return handle;
      }
    }
    throw new IllegalStateException("no family " + name);
  }

  /** Puts a chunk that nobody wrote into a chunk group's index, with its digest. */
  static void plantChunk(Path folder) throws IOException {
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20);
        ChunkIndex index = ChunkIndex.open(folder.resolve("index"), memory)) {
      ChunkHead head = index.head();
      Sha256 id = new Sha256(6, 6, 6, 6);
      index.commit(
          List.of(
              new ChunkChange(
                  new ChunkId(id),
                  Optional.empty(),
                  Optional.of(new ChunkRow.Stored(new PackLocation(1, 4_096, 1, 0))))),
          new ChunkHead(
              head.applied(),
              head.indexed(),
              head.chunks() + 1,
              head.bytes() + 1,
              head.digest().plus(id),
              head.removals()));
      var _ = index.flush();
    }
  }
}
