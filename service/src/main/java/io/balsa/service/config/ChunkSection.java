package io.balsa.service.config;

import io.balsa.model.Limits;

/** Settings under {@code chunks}. */
public record ChunkSection(
    @NumberSetting(
            meaning = "The size of the pieces into which this node cuts an object.",
            unit = "bytes",
            byDefault = 4 << 20,
            min = Limits.CHUNK_BYTES_MIN,
            max = Limits.CHUNK_BYTES_MAX)
        int chunkBytes,
    @NumberSetting(
            meaning = "The size at which a pack file is sealed and the next one begun.",
            unit = "bytes",
            byDefault = 1L << 30,
            min = 1L << 20,
            max = 16L << 30)
        long packBytesMax,
    @NumberSetting(
            meaning = "How many bytes of chunks may share one log entry.",
            unit = "bytes",
            byDefault = 4 << 20,
            min = Limits.CHUNK_BYTES_MIN,
            max = Limits.ENTRY_PAYLOAD_BYTES_MAX)
        int entryBytesMax,
    @NumberSetting(
            meaning = "How many entries of a group may be on their way at once.",
            unit = "entries",
            byDefault = 4,
            min = 1,
            max = 64)
        int entriesInFlightMax,
    @NumberSetting(
            meaning =
                "How many bytes of payload the node keeps in memory for followers that keep up,"
                    + " over all groups; beyond it they are read back from disk.",
            unit = "bytes",
            byDefault = 64L << 20,
            min = Limits.ENTRY_PAYLOAD_BYTES_MAX,
            max = 64L << 30)
        long windowBytes) {

  /**
   * Checks.
   *
   * @throws InvalidSettings if a chunk would not fit into an entry, or the entries on their way
   *     would not fit into the window
   */
  public ChunkSection {
    long inFlightBytes = (long) entryBytesMax * entriesInFlightMax;
    new Relations()
        .require(
            entryBytesMax >= chunkBytes,
            "chunks.entry-bytes-max",
            entryBytesMax,
            "at least chunks.chunk-bytes, " + chunkBytes)
        .require(
            windowBytes >= inFlightBytes,
            "chunks.window-bytes",
            windowBytes,
            "at least chunks.entry-bytes-max times chunks.entries-in-flight-max, " + inFlightBytes)
        .check();
  }
}
