package io.balsa.chaos.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Folders and files in memory, by absolute paths. Not thread-safe. */
final class Tree {
  private final Folder root = new Folder(0);

  /** A file or a folder; the same one under each of its names, known by a number. */
  sealed interface Node {
    int id();
  }

  /** Names. */
  record Folder(int id, TreeMap<String, Node> names) implements Node {
    Folder(int id) {
      this(id, new TreeMap<>());
    }
  }

  /** Bytes. */
  static final class File implements Node {
    private final int id;
    private byte[] bytes = new byte[0];

    File(int id) {
      this.id = id;
    }

    @Override
    public int id() {
      return id;
    }

    byte[] bytes() {
      return bytes;
    }

    void write(ByteBuffer from, int start, int end, int offset) {
      grow(offset + end - start);
      from.get(start, bytes, offset, end - start);
    }

    /** Zeros behind the old end. */
    void grow(int size) {
      if (bytes.length < size) {
        bytes = Arrays.copyOf(bytes, size);
      }
    }

    void truncate(int size) {
      if (size < bytes.length) {
        bytes = Arrays.copyOf(bytes, size);
      }
    }
  }

  Folder root() {
    return root;
  }

  /** What has a name; null if nothing has. */
  @Nullable Node find(Path path) {
    Node at = root;
    for (Path name : path.toAbsolutePath()) {
      if (!(at instanceof Folder folder)) {
        return null;
      }
      at = folder.names.get(name.toString());
    }
    return at;
  }

  Node require(Path path) throws IOException {
    Node found = find(path);
    if (found == null) {
      throw new NoSuchFileException(path.toString());
    }
    return found;
  }

  Folder requireFolder(Path path) throws IOException {
    if (require(path) instanceof Folder folder) {
      return folder;
    }
    throw new NotDirectoryException(path.toString());
  }

  File requireFile(Path path) throws IOException {
    if (require(path) instanceof File file) {
      return file;
    }
    throw new IOException(path + " is a folder");
  }

  Folder parent(Path path) throws IOException {
    Path above = path.toAbsolutePath().getParent();
    return above == null ? root : requireFolder(above);
  }

  void requireFree(Path path) throws IOException {
    if (find(path) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
  }
}
