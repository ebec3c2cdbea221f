package io.balsa.rocks;

/** Hears of failures that no caller is there to see: of flushes and compactions in background. */
@FunctionalInterface
public interface StorageListener {
  /**
   * A background write failed; the store takes no more writes. Called on a thread of RocksDB, maybe
   * more than once; must return soon and must not call the store. The process should halt.
   */
  void storageFailed(StorageFailure failure);
}
