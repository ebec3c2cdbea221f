package io.balsa.catalog;

import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.util.Iterator;
import java.util.Optional;

/**
 * The catalog at one moment. All methods of one view see the same state. Not thread-safe unless an
 * implementation says so.
 */
public interface CatalogView {
  /** Where the catalog is. */
  CatalogHead head();

  /** A dataset by name. */
  Optional<DatasetRow> dataset(DatasetName name);

  /** Datasets in order of name, from the first whose name is at least {@code from}. */
  Cursor<DatasetRow> datasets(String from);

  /** A transaction by id. */
  Optional<TransactionRow> transaction(long id);

  /** A version by name. */
  Optional<VersionRow> version(long datasetId, VersionName name);

  /** Versions in order of name, from the first whose name is at least {@code from}. */
  Cursor<VersionRow> versions(long datasetId, String from);

  /** Where a chunk lives. */
  Optional<ChunkRow> chunk(ChunkId id);

  /** The first answer to a request id. */
  Optional<ReplyRow> reply(RequestId id);

  /** Replies in order of sequence, from the oldest that is kept. */
  Cursor<ReplyRow> replies();

  /** All rows of one path, newest revision first. */
  Cursor<ObjectRow> history(long datasetId, ObjectPath path);

  /**
   * All rows of a dataset whose path's UTF-8 bytes are at least {@code from}, in byte order of path
   * and for each path newest revision first.
   */
  Cursor<ObjectRow> objects(long datasetId, byte[] from);

  /** One row of one path. */
  Optional<ObjectRow> object(long datasetId, ObjectPath path, long revision);

  /** All rows of a table whose keys are at least {@code from}, in order of key. */
  <R extends CatalogRow> Cursor<R> rows(Table table, Class<R> type, byte[] from);

  /** Rows in order; holds resources until it is closed. */
  interface Cursor<T> extends Iterator<T>, AutoCloseable {
    @Override
    void close();
  }
}
