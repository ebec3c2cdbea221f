package io.balsa.chunk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;

/**
 * The only door to the file system for everything that must survive a crash, so that a test can
 * stand in the door, record the order of writes, forces and renames, and fail any of them.
 *
 * <p>Names are durable only after {@link #syncFolder}; bytes only after {@link DiskFile#sync}. Safe
 * on every thread.
 */
public interface Disk {
  /** The machine's file system, with failpoints at each step. */
  static Disk real() {
    return new FailpointDisk(new RealDisk());
  }

  /**
   * Makes an empty file and opens it to read and write.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the name is taken
   */
  DiskFile create(Path file) throws IOException;

  /**
   * Opens a file to read and write.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   */
  DiskFile open(Path file) throws IOException;

  /**
   * Opens a file to read.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   * @throws UnreadableFile the disk cannot read what leads to it, and was asked again
   */
  DiskFile openToRead(Path file) throws IOException;

  /** Makes one folder; its parent exists. */
  void createFolder(Path folder) throws IOException;

  /** True if the name is there, as a file or a folder. */
  boolean exists(Path path);

  /** True if the name is there and is a folder, not a link to one. */
  boolean isFolder(Path path);

  /** What is directly in a folder, ordered by name. */
  List<Path> list(Path folder) throws IOException;

  /** Gives a file or folder a new name in the same file system, atomically. */
  void rename(Path from, Path to) throws IOException;

  /**
   * Gives a file a second name in the same file system; the bytes stay while either name does.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the name is taken
   */
  void link(Path existing, Path second) throws IOException;

  /** Removes a file or an empty folder. */
  void delete(Path path) throws IOException;

  /** Makes the names in a folder durable. */
  void syncFolder(Path folder) throws IOException;

  /** Makes the name of a file or folder durable, or that it is gone. */
  default void syncName(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      syncFolder(parent);
    }
  }

  /**
   * Makes a folder and whatever is missing above it, each name durable on return. So is the name of
   * a folder that is there: whoever made it may have been stopped before its name was durable.
   */
  default void createFolders(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent == null) {
      return;
    }
    if (!isFolder(absolute)) {
      createFolders(parent);
      try {
        createFolder(absolute);
      } catch (FileAlreadyExistsException e) {
        if (!isFolder(absolute)) {
          throw e;
        }
        // Another thread was faster.
      }
    }
    syncFolder(parent);
  }

  /** Removes a folder with all that is in it, or a file. Not atomic and not durable by itself. */
  default void deleteTree(Path path) throws IOException {
    if (isFolder(path)) {
      for (Path child : list(path)) {
        deleteTree(child);
      }
    }
    delete(path);
  }
}
