package io.balsa.chaos.calls;

/** How a call fails, with Linux' number. */
public enum Errno {
  /** The disk cannot. */
  EIO(5, "Input/output error"),
  /** The disk is full. */
  ENOSPC(28, "No space left on device");

  final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** What the C library calls it. */
  public String text() {
    return text;
  }
}
