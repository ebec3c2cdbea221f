package io.balsa.client.model;

/**
 * How far a compaction is, or how it ended.
 *
 * @param at the group that it is at
 * @param bytesDone bytes of packs read so far
 * @param freedBytes given back so far
 */
public record CompactionProgress(String at, long bytesDone, long freedBytes) {}
