package io.balsa.rocks;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;

/** How every store of a node is set up. Each method's result belongs to the given stack. */
final class StoreOptions {
  private static final int OPEN_FILES_MAX = 256;
  private static final int BACKGROUND_JOBS = 2;
  private static final long INFO_LOG_BYTES_MAX = 1L << 20;
  private static final long INFO_LOGS_MAX = 2;
  private static final int BLOOM_BITS_PER_KEY = 10;
  private static final long WRITE_BUFFER_BYTES = 16L << 20;
  private static final long ARENA_BLOCK_BYTES = 128L << 10;

  private StoreOptions() {}

  static DBOptions database(NativeStack natives, RocksMemory memory) {
    return natives
        .own(new DBOptions())
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        // All column families reach the disk in one step, the head among them.
        .setAtomicFlush(true)
        // A store flushes before it closes, and says so if that fails; after a failure it must not.
        .setAvoidFlushDuringShutdown(true)
        // A failed write or sync is never tried again: the process halts.
        .setMaxBgErrorResumeCount(0)
        .setParanoidChecks(true)
        // fdatasync: files are new and their length is part of what it makes durable.
        .setUseFsync(false)
        .setWriteBufferManager(memory.writeBuffers())
        .setMaxOpenFiles(OPEN_FILES_MAX)
        .setMaxBackgroundJobs(BACKGROUND_JOBS)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(INFO_LOG_BYTES_MAX)
        .setKeepLogFileNum(INFO_LOGS_MAX)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  static ColumnFamilyOptions family(
      NativeStack natives, RocksMemory memory, CompressionType compression) {
    BlockBasedTableConfig tables =
        new BlockBasedTableConfig()
            .setBlockCache(memory.cache())
            // Indexes and filters count as well, else the memory has no bound.
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFilterPolicy(natives.own(new BloomFilter(BLOOM_BITS_PER_KEY)));
    return natives
        .own(new ColumnFamilyOptions())
        .setTableFormatConfig(tables)
        .setCompressionType(compression)
        // Every new file is read back and compared with what went into it.
        .setParanoidFileChecks(true)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        // Many small stores share the budget: a first row must not take a megabyte of it.
        .setArenaBlockSize(ARENA_BLOCK_BYTES);
  }
}
