package io.balsa.cli.transfer;

import java.io.IOException;

/** Bytes came that are not those that were promised. */
public final class WrongBytes extends IOException {
  private static final long serialVersionUID = 1L;

  /** Because of this. */
  public WrongBytes(String message) {
    super(message);
  }
}
