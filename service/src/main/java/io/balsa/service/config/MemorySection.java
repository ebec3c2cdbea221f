package io.balsa.service.config;

/** Settings under {@code memory}. */
public record MemorySection(
    @NumberSetting(
            meaning = "The block cache that all RocksDB instances of the node share.",
            unit = "bytes",
            byDefault = 64L << 20,
            min = 1L << 20,
            max = 1L << 40)
        long rocksdbCacheBytes,
    @NumberSetting(
            meaning =
                "The write buffers that all RocksDB instances of the node share; beyond it the"
                    + " oldest are flushed.",
            unit = "bytes",
            byDefault = 64L << 20,
            min = 1L << 20,
            max = 1L << 36)
        long rocksdbWriteBufferBytes) {}
