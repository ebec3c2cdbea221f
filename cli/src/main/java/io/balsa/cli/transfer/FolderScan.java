package io.balsa.cli.transfer;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in a folder. A symbolic link to a regular file counts as that file. Links to folders are
 * not followed, since they may lead in circles; those, dangling links, sockets, pipes and devices
 * are skipped and counted.
 *
 * @param folder without symbolic links
 * @param files regular files, linked ones among them
 * @param bytes bytes of those
 * @param linked files that are reached through a link
 * @param skipped what is neither a file nor a folder
 * @param notes the first of those that were skipped, one line each
 */
public record FolderScan(
    Path folder, long files, long bytes, List<FoundFile> linked, long skipped, List<String> notes) {
  /** Most links that are remembered; a folder with more is refused. */
  public static final int LINKED_MAX = 1_000_000;

  private static final int NOTES_MAX = 10;

  /** Takes copies. */
  public FolderScan {
    linked = List.copyOf(linked);
    notes = List.copyOf(notes);
  }

  /** Is told what a folder has, on the caller's thread. */
  public interface Visitor {
    /** A regular file, or a link to one. */
    void found(FoundFile file, boolean linked) throws IOException;

    /** Something that cannot be uploaded. */
    default void skipped(Path file, String why) {}
  }

  /**
   * Looks at a folder and everything below it.
   *
   * @throws IOException if it is no folder or cannot be walked
   */
  public static FolderScan of(Path folder) throws IOException {
    Counter counter = new Counter();
    walk(folder, counter);
    return new FolderScan(
        folder.toRealPath(),
        counter.files,
        counter.bytes,
        counter.linked,
        counter.skipped,
        counter.notes);
  }

  /**
   * Every file of a folder, for folders that are known to be small.
   *
   * @param filesMax more than these are refused
   * @throws IOException if it cannot be walked, or has more files
   */
  public static List<FoundFile> list(Path folder, int filesMax) throws IOException {
    List<FoundFile> files = new ArrayList<>();
    walk(
        folder,
        (file, linked) -> {
          if (files.size() == filesMax) {
            throw new IOException(folder + " has more than " + filesMax + " files");
          }
          files.add(file);
        });
    return files;
  }

  /**
   * Walks a folder.
   *
   * @throws IOException if it is no folder or cannot be walked
   */
  public static void walk(Path folder, Visitor visitor) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "no such folder");
    }
    Path root = folder.toRealPath();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found)
              throws IOException {
            boolean linked = found.isSymbolicLink();
            if (found.isRegularFile() || (linked && Files.isRegularFile(file))) {
              long size = linked ? Files.size(file) : found.size();
              visitor.found(new FoundFile(relative(root, file), file, size), linked);
            } else {
              visitor.skipped(file, whySkipped(file, linked));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static String whySkipped(Path file, boolean linked) {
    if (!linked) {
      return "neither a file nor a folder";
    }
    return Files.isDirectory(file) ? "a link to a folder" : "a link to no file";
  }

  private static String relative(Path root, Path file) {
    String path = root.relativize(file).toString();
    return path.replace(root.getFileSystem().getSeparator(), "/");
  }

  /** Counts what it is told. */
  private static final class Counter implements Visitor {
    private long files;
    private long bytes;
    private long skipped;
    private final List<FoundFile> linked = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    @Override
    public void found(FoundFile file, boolean isLinked) throws IOException {
      files++;
      bytes += file.size();
      if (isLinked) {
        if (linked.size() == LINKED_MAX) {
          throw new IOException("more than " + LINKED_MAX + " links to files");
        }
        linked.add(file);
      }
    }

    @Override
    public void skipped(Path file, String why) {
      skipped++;
      if (notes.size() < NOTES_MAX) {
        notes.add(file + ": " + why);
      }
    }
  }
}
