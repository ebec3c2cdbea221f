package io.balsa.catalog;

import io.balsa.model.ChunkId;

/**
 * Where a chunk lives. Key: chunk id.
 *
 * @param id its name
 * @param group the chunk group that holds it: the first one that was committed
 * @param length bytes
 * @param references object rows that name it, each counted once for each time it names it
 */
public record ChunkRow(ChunkId id, int group, int length, long references) implements CatalogRow {}
