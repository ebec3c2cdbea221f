package io.balsa.cli.transfer;

import io.balsa.client.Objects;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import io.balsa.client.model.Sha256;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Gets objects into files. A file appears whole, checked and synced, or not at all: its bytes go to
 * a file beside it, whose digest is computed once more on the way, and which is renamed when all is
 * well. Thread-safe.
 *
 * @param objects of the cluster
 * @param dataset the dataset's name
 */
public record FileFetch(Objects objects, String dataset) {
  private static final AtomicLong PARTS = new AtomicLong();

  /**
   * Gets a whole object.
   *
   * @param target is replaced where it exists as a file; its folder exists
   * @param bytes is told how many more were written
   * @throws WrongBytes what came does not match the object's digest; nothing was left behind
   * @throws IOException the file cannot be written; nothing was left behind
   * @throws io.balsa.client.model.RefusedException the object cannot be had
   */
  public Read<ObjectStat> get(String path, GetOptions options, Path target, LongConsumer bytes)
      throws IOException {
    if (Files.isDirectory(target)) {
      throw new FileAlreadyExistsException(target.toString(), null, "is a folder");
    }
    String part = ".balsa-" + ProcessHandle.current().pid() + "-" + PARTS.incrementAndGet();
    Path temporary = target.toAbsolutePath().resolveSibling(part + ".part");
    try {
      Read<ObjectStat> read = write(path, options, temporary, bytes);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return read;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Read<ObjectStat> write(String path, GetOptions options, Path to, LongConsumer bytes)
      throws IOException {
    MessageDigest digest = Sha256.newDigest();
    Read<ObjectStat> read;
    try (FileOutputStream file = new FileOutputStream(to.toFile());
        OutputStream counted = Counted.output(new DigestOutputStream(file, digest), bytes)) {
      read = objects.get(dataset, path, options, counted).orElseThrow();
      counted.flush();
      file.getFD().sync();
    }
    Sha256 found = Sha256.fromBytes(digest.digest());
    if (!found.equals(read.value().digest())) {
      throw new WrongBytes(
          path + " has digest " + read.value().digest() + ", what came has " + found);
    }
    return read;
  }
}
