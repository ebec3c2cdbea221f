package io.balsa.model;

/**
 * Every limit on what a cluster stores. They are part of the formats: a node may refuse earlier
 * (its configuration says so), never later.
 */
public final class Limits {
  /** Characters of a dataset's or version's name. */
  public static final int NAME_LENGTH_MAX = 63;

  /** UTF-8 bytes of an object's path. */
  public static final int PATH_BYTES_MAX = 1_024;

  /** Bytes of a chunk. */
  public static final int CHUNK_BYTES_MAX = 16 << 20;

  /** Smallest configurable bound on a chunk's bytes. The last chunk of an object may be smaller. */
  public static final int CHUNK_BYTES_MIN = 64 << 10;

  /** Chunk groups of a cluster. */
  public static final int CHUNK_GROUPS_MAX = 64;

  /** Chunks of an object. */
  public static final int OBJECT_CHUNKS_MAX = 65_536;

  /** Metadata pairs of an object. */
  public static final int METADATA_PAIRS_MAX = 64;

  /** UTF-8 bytes of all keys and values of an object's metadata. */
  public static final int METADATA_BYTES_MAX = 8_192;

  /** UTF-8 bytes of a version's message. */
  public static final int MESSAGE_BYTES_MAX = 4_096;

  /** Parents of a version. */
  public static final int VERSION_PARENTS_MAX = 16;

  /** Characters of a request id. */
  public static final int REQUEST_ID_LENGTH_MAX = 64;

  /** Commands in one catalog entry. */
  public static final int ENTRY_COMMANDS_MAX = 4_096;

  /** Rows or chunks in one command of upkeep. */
  public static final int UPKEEP_ITEMS_MAX = 4_096;

  /** Chunks in one chunk entry. */
  public static final int ENTRY_CHUNKS_MAX = 4_096;

  /** Payload bytes in one chunk entry: one chunk of the largest size fits. */
  public static final int ENTRY_PAYLOAD_BYTES_MAX = CHUNK_BYTES_MAX;

  /** Encoded bytes of one catalog entry; the largest object record fits. */
  public static final int ENTRY_COMMAND_BYTES_MAX = 8 << 20;

  private Limits() {}

  /**
   * Checks a number.
   *
   * @throws InvalidField if it is outside of min..max, both included
   */
  public static void require(String field, long given, long min, long max) {
    if (given < min || given > max) {
      throw new InvalidField(field, Long.toString(given), min + " to " + max);
    }
  }
}
