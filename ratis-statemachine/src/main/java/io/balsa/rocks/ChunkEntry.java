package io.balsa.rocks;

import io.balsa.model.ChunkId;
import io.balsa.model.PackLocation;

/**
 * Where a chunk's bytes are on this replica.
 *
 * @param id the chunk
 * @param location its record
 */
public record ChunkEntry(ChunkId id, PackLocation location) {}
