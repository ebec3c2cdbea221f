package io.balsa.bench;

import java.io.IOException;

/** A measurement cannot be made, or what is measured broke a promise; the message says it all. */
public final class BenchFailed extends IOException {
  private static final long serialVersionUID = 1L;

  /** Because of this. */
  public BenchFailed(String message) {
    super(message);
  }
}
