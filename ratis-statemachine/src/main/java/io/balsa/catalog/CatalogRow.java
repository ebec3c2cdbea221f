package io.balsa.catalog;

/**
 * A row of the catalog's state. Its identity is its table and key; {@code RowCodec} turns it into
 * bytes, which are an API (docs/formats/catalog.md).
 */
public sealed interface CatalogRow
    permits DatasetRow, ObjectRow, TransactionRow, VersionRow, ChunkRow, ReplyRow {}
