package io.balsa.chaos.calls;

/** How a call fails, with Linux' number. */
public enum Errno {
  /** The disk cannot. */
  EIO(5),
  /** The disk is full. */
  ENOSPC(28);

  final int number;

  Errno(int number) {
    this.number = number;
  }
}
