package io.balsa.chaos.calls;

/** Kinds of system calls, with their bits in {@code faulty_calls.c}. */
public enum Call {
  /** Bytes go to a file, by whatever call. */
  WRITE(1),
  /** Bytes or names are made durable. */
  FORCE(2),
  /** A file is cut, or grows. */
  TRUNCATE(4),
  /** Blocks are reserved. */
  ALLOCATE(8),
  /** A name changes; old and new are looked at. */
  RENAME(16),
  /** Bytes are read from a file, by whatever call but through a map. */
  READ(32);

  final int bit;

  Call(int bit) {
    this.bit = bit;
  }
}
