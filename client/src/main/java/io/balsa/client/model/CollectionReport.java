package io.balsa.client.model;

/**
 * What a round of collection came to.
 *
 * @param floor the oldest revision that can be read
 * @param rowsSwept rows of the catalog that went
 * @param chunksCondemned chunks that no object named, and that may go after the grace
 * @param chunksRemoved chunks that were removed; their space is free once packs are compacted
 */
public record CollectionReport(
    long floor, long rowsSwept, long chunksCondemned, long chunksRemoved) {}
