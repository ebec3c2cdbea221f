package io.balsa.chunk;

import io.balsa.model.Limits;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/**
 * How to keep packs.
 *
 * @param packBytesMax default 1 GiB, 4 KiB to 1 TiB: a pack is sealed when the next record would
 *     make it larger; a record larger than this gets a pack of its own
 * @param preallocateBytes default 64 MiB, 0 for none: the file's size grows in these steps
 * @param openPacksMax default 64: files kept open for reading (reads in flight may hold as many
 *     more)
 * @param disk the file system
 * @param salts unpredictable numbers, one for each new pack
 */
public record PackOptions(
    long packBytesMax, long preallocateBytes, int openPacksMax, Disk disk, LongSupplier salts) {
  /** The defaults, on the machine's file system. */
  public static final PackOptions DEFAULT =
      new PackOptions(1L << 30, 64L << 20, 64, Disk.real(), new SecureRandom()::nextLong);

  /** Checks the ranges. */
  public PackOptions {
    Limits.require("pack_bytes_max", packBytesMax, 4 << 10, 1L << 40);
    Limits.require("preallocate_bytes", preallocateBytes, 0, 1L << 30);
    Limits.require("open_packs_max", openPacksMax, 1, 1 << 16);
  }

  /** The same with another size of packs. */
  public PackOptions withPackBytesMax(long bytes) {
    return new PackOptions(bytes, preallocateBytes, openPacksMax, disk, salts);
  }

  /** The same with another step of preallocation. */
  public PackOptions withPreallocateBytes(long bytes) {
    return new PackOptions(packBytesMax, bytes, openPacksMax, disk, salts);
  }

  /** The same with another number of open files. */
  public PackOptions withOpenPacksMax(int packs) {
    return new PackOptions(packBytesMax, preallocateBytes, packs, disk, salts);
  }

  /** The same on another file system. */
  public PackOptions withDisk(Disk other) {
    return new PackOptions(packBytesMax, preallocateBytes, openPacksMax, other, salts);
  }

  /** The same with other salts. */
  public PackOptions withSalts(LongSupplier other) {
    return new PackOptions(packBytesMax, preallocateBytes, openPacksMax, disk, other);
  }
}
