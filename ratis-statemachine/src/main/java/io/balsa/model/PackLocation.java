package io.balsa.model;

/**
 * Where a chunk's record stands in a group's pack files.
 *
 * @param pack the pack's number, 1 and up
 * @param offset of the record's header in the pack, bytes
 * @param length of the payload, 1 to {@link Limits#CHUNK_BYTES_MAX}
 * @param crc32c of the payload
 */
public record PackLocation(int pack, long offset, int length, int crc32c) {}
