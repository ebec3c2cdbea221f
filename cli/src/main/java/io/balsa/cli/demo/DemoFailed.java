package io.balsa.cli.demo;

import java.io.IOException;

/** A claim of the demo did not hold, or could not be checked in time. */
public final class DemoFailed extends IOException {
  private static final long serialVersionUID = 1L;

  /** Because of this. */
  public DemoFailed(String message) {
    super(message);
  }
}
