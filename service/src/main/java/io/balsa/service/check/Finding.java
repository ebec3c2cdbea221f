package io.balsa.service.check;

import java.nio.file.Path;

/**
 * Something that is not as it must be.
 *
 * @param where the file or folder
 * @param what a sentence
 */
public record Finding(Path where, String what) {
  @Override
  public String toString() {
    return where + ": " + what;
  }
}
