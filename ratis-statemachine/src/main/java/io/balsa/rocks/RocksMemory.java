package io.balsa.rocks;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that all stores of a node share: one cache, to which blocks and write buffers are both
 * charged, and a budget for the write buffers. A store that makes the write buffers exceed their
 * budget flushes itself early; every flush is atomic and complete, so that is always right.
 *
 * <p>The cache's bound is soft: blocks in use at the moment may exceed it. Close it after the
 * stores. Safe on every thread.
 */
public final class RocksMemory implements AutoCloseable {
  /** Default for blocks. */
  public static final long CACHE_BYTES = 64L << 20;

  /** Default for write buffers. */
  public static final long WRITE_BUFFER_BYTES = 64L << 20;

  private static final long BYTES_MIN = 1L << 20;

  static {
    NativeLibrary.require();
  }

  private final NativeStack natives = new NativeStack();
  private final Cache cache;
  private final WriteBufferManager writeBuffers;

  /** With the default sizes. */
  public RocksMemory() {
    this(CACHE_BYTES, WRITE_BUFFER_BYTES);
  }

  /**
   * With given sizes.
   *
   * @param cacheBytes for blocks, at least 1 MiB
   * @param writeBufferBytes for write buffers of all stores together, at least 1 MiB
   */
  public RocksMemory(long cacheBytes, long writeBufferBytes) {
    if (cacheBytes < BYTES_MIN || writeBufferBytes < BYTES_MIN) {
      throw new IllegalArgumentException(
          "cacheBytes=%d, writeBufferBytes=%d, want >= %d each"
              .formatted(cacheBytes, writeBufferBytes, BYTES_MIN));
    }
    cache = natives.own(new LRUCache(Math.addExact(cacheBytes, writeBufferBytes)));
    writeBuffers = natives.own(new WriteBufferManager(writeBufferBytes, cache));
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBuffers() {
    return writeBuffers;
  }

  /** Bytes that the cache is charged with now: blocks and write buffers. */
  public long usedBytes() {
    return cache.getUsage();
  }

  /** Frees it; all stores that use it must be closed. */
  @Override
  public void close() {
    natives.close();
  }
}
