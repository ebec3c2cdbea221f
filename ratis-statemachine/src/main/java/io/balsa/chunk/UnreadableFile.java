package io.balsa.chunk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The disk says that it cannot read what is stored, and said so each time it was asked again: a
 * sector that has gone bad, most likely. Whoever has a copy elsewhere treats the file as damaged; a
 * restart does not help. Want of memory or of file handles is never told by this.
 */
public final class UnreadableFile extends IOException {
  /** How the C library calls EIO, EUCLEAN and EBADMSG: no sector, no file system's block. */
  private static final List<String> OF_THE_MEDIUM =
      List.of("Input/output error", "Structure needs cleaning", "Bad message");

  /** Says which file, and what the disk said. */
  public UnreadableFile(Path file, IOException cause) {
    super(file + " cannot be read: " + cause.getMessage(), cause);
  }

  /**
   * Whether a failure is the medium's, and not the machine's. Told by the C library's words, which
   * are English unless somebody made the process speak another language: then it never is.
   */
  static boolean isOfTheMedium(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return OF_THE_MEDIUM.stream().anyMatch(message::contains);
  }
}
