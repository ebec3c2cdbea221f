package io.balsa.rocks;

import io.balsa.model.ChunkId;

/**
 * A chunk of the group.
 *
 * @param id the chunk
 * @param row where its bytes are on this replica
 */
public record ChunkEntry(ChunkId id, ChunkRow row) {}
