package io.balsa.chunk;

/**
 * The header of a pack file.
 *
 * @param group the chunk group's number
 * @param pack the pack's number, 1 and up
 * @param salt drawn when the pack was made and repeated in each of its records, so that bytes which
 *     merely look like a record (a pack stored as somebody's object, say) are not taken for one
 */
record PackHeader(int group, int pack, long salt) {}
