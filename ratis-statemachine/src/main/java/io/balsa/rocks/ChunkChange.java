package io.balsa.rocks;

import io.balsa.model.ChunkId;
import java.util.Optional;

/**
 * A change of one chunk's row.
 *
 * @param id the chunk
 * @param before the row as it is; empty where there is none
 * @param after the row as it will be; empty removes it
 */
public record ChunkChange(ChunkId id, Optional<ChunkRow> before, Optional<ChunkRow> after) {}
