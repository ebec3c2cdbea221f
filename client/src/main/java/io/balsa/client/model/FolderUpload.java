package io.balsa.client.model;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A folder to upload with everything below it.
 *
 * @param folder regular files below it are uploaded; symbolic links are not followed
 * @param prefix stands before each relative path; empty or ending with '/'
 * @param epoch the caller's fencing epoch; empty: not fenced. Of no meaning inside a transaction,
 *     which has its own
 * @param durability what each acknowledgement must prove
 */
public record FolderUpload(Path folder, String prefix, OptionalLong epoch, Durability durability) {
  /** Checks the prefix. */
  public FolderUpload {
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      throw new IllegalArgumentException("prefix='" + prefix + "', want empty or ending with '/'");
    }
  }

  /** A folder to the root of the dataset, durable on a majority. */
  public static FolderUpload of(Path folder) {
    return new FolderUpload(folder, "", OptionalLong.empty(), Durability.MAJORITY);
  }

  /** This upload below a prefix. */
  public FolderUpload withPrefix(String value) {
    return new FolderUpload(folder, value, epoch, durability);
  }

  /** This upload under a fencing epoch. */
  public FolderUpload withEpoch(long value) {
    return new FolderUpload(folder, prefix, OptionalLong.of(value), durability);
  }

  /** This upload with another durability. */
  public FolderUpload withDurability(Durability value) {
    return new FolderUpload(folder, prefix, epoch, value);
  }
}
