package io.balsa.catalog;

import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.nio.charset.StandardCharsets;

/**
 * Keys and the beginnings of keys, for lookups and scans; docs/formats/catalog.md. Keys sort as
 * unsigned bytes. Every method gives a new array. Pure; safe on every thread.
 */
public final class RowKeys {
  private static final int PATH_END = 0;

  private RowKeys() {}

  /** Of {@link Table#DATASETS}. */
  public static byte[] dataset(DatasetName name) {
    return ascii(name.text());
  }

  /** Of {@link Table#OBJECTS}: newer revisions of a path sort first. */
  public static byte[] object(long datasetId, ObjectPath path, long revision) {
    return history(datasetId, path.toBytes()).u64(~revision).toBytes();
  }

  /** What the keys of all rows of one path begin with. */
  public static byte[] history(long datasetId, ObjectPath path) {
    return history(datasetId, path.toBytes()).toBytes();
  }

  /** What the keys of all objects, or of all versions, of a dataset begin with. */
  public static byte[] inDataset(long datasetId) {
    return new RowWriter().u64(datasetId).toBytes();
  }

  /** A place among a dataset's objects: before every path whose bytes are at least {@code from}. */
  public static byte[] objectsFrom(long datasetId, byte[] from) {
    RowWriter key = new RowWriter().u64(datasetId);
    for (byte next : from) {
      if (next == PATH_END) {
        // No path has a zero byte: what is at least "p, 0, ..." is simply longer than p, or
        // greater.
        return key.u8(PATH_END + 1).toBytes();
      }
      key.u8(next);
    }
    return key.toBytes();
  }

  /** A place among a dataset's versions: before every name from {@code from}. */
  public static byte[] versionsFrom(long datasetId, String from) {
    return new RowWriter().u64(datasetId).raw(from.getBytes(StandardCharsets.UTF_8)).toBytes();
  }

  /** Of {@link Table#TRANSACTIONS}. */
  public static byte[] transaction(long id) {
    return new RowWriter().u64(id).toBytes();
  }

  /** Of {@link Table#VERSIONS}. */
  public static byte[] version(long datasetId, VersionName name) {
    return versionsFrom(datasetId, name.text());
  }

  /** Of {@link Table#CHUNKS}. */
  public static byte[] chunk(ChunkId id) {
    return id.sha256().toBytes();
  }

  /** Of {@link Table#REPLIES}. */
  public static byte[] reply(RequestId id) {
    return ascii(id.text());
  }

  private static RowWriter history(long datasetId, byte[] path) {
    // A path has no control character, so the zero byte ends it and sorts before any longer path.
    return new RowWriter().u64(datasetId).raw(path).u8(PATH_END);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
