package io.balsa.chunk;

/** What a record of a pack is; the numbers are on disk for ever. */
enum RecordKind {
  /** A chunk's bytes. */
  CHUNK(1),
  /** The end of a sealed pack; no payload. */
  FOOTER(2);

  private final int code;

  RecordKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
