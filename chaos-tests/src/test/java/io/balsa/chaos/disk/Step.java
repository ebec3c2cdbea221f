package io.balsa.chaos.disk;

import java.nio.ByteBuffer;

/** What was done to a disk. Files and folders are known by number, as names change. */
sealed interface Step {
  /** A step that changes names; durable when its folder is forced. */
  sealed interface Naming extends Step {
    /** The folder whose force makes it durable. */
    int folder();
  }

  /** A step that changes a file; durable when the file is forced. */
  sealed interface Filling extends Step {
    int file();
  }

  /** A new file or folder gets a name. */
  record Make(int folder, String name, int node, boolean isFolder) implements Naming {}

  /** A file gets a second name. */
  record Link(int folder, String name, int node) implements Naming {}

  /** A node's name goes, and it gets another one, as one step. */
  record Rename(int fromFolder, String from, int folder, String to, int node) implements Naming {}

  /** A name goes. */
  record Delete(int folder, String name) implements Naming {}

  /** Bytes; nobody moves the buffer. */
  record Write(int file, int offset, ByteBuffer bytes) implements Filling {
    int length() {
      return bytes.remaining();
    }

    int end() {
      return offset + length();
    }

    @Override
    public String toString() {
      return "Write[file=" + file + ", offset=" + offset + ", length=" + length() + "]";
    }
  }

  /** A cut. */
  record Truncate(int file, int size) implements Filling {}

  /** A file's bytes and size are durable. */
  record Sync(int file) implements Step {}

  /** A folder's names are durable. */
  record SyncFolder(int folder) implements Step {}

  /** The program says something, such as that a write is acknowledged. */
  record Mark(Object said) implements Step {}
}
