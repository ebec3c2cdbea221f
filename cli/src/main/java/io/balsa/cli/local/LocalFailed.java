package io.balsa.cli.local;

import java.io.IOException;

/** Nodes of this machine did not do what they were started for; the message says it all. */
public final class LocalFailed extends IOException {
  private static final long serialVersionUID = 1L;

  /** Because of this. */
  public LocalFailed(String message) {
    super(message);
  }
}
