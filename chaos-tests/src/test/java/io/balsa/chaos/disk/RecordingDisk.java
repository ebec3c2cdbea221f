package io.balsa.chaos.disk;

import io.balsa.chaos.disk.Tree.File;
import io.balsa.chaos.disk.Tree.Folder;
import io.balsa.chaos.disk.Tree.Node;
import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A disk in memory that writes down each step. What is in it before {@link #settle} is durable, and
 * no crash comes before that. Safe on every thread.
 */
public final class RecordingDisk implements Disk {
  private final Tree tree;
  private final List<Step> steps = new ArrayList<>();
  private int nodes;
  private int settled;
  private int stepsToLive = Integer.MAX_VALUE;
  private Predicate<String> forgets = _ -> false;
  private Witness witness = _ -> {};

  /** An empty disk. */
  public RecordingDisk() {
    this(new Tree(), 1);
  }

  /** A disk with something on it, all of it durable. */
  RecordingDisk(Tree tree, int nodes) {
    this.tree = tree;
    this.nodes = nodes;
  }

  /** From here on the disk may crash; what was done so far is durable. */
  public synchronized void settle() {
    settled = steps.size();
  }

  /** Notes that the program said something: whoever checks a state is told what was said. */
  public synchronized void mark(Object said) {
    steps.add(new Step.Mark(said));
  }

  /**
   * The process is killed after so many more steps: each later one throws {@link Killed}, until
   * {@link #revive}. The disk keeps its power.
   */
  public synchronized void killAfter(int steps) {
    stepsToLive = steps;
  }

  /** Another process uses the disk. */
  public synchronized void revive() {
    stepsToLive = Integer.MAX_VALUE;
  }

  /**
   * The program forgets to force these, from here on: as if its author had left that out.
   *
   * @param paths a pattern for the end of a file's or folder's path, by the name at its opening
   */
  public synchronized void forgetForcesOf(String paths) {
    forgets = Pattern.compile("(?:" + paths + ")$").asPredicate();
  }

  /** Looks on. */
  @FunctionalInterface
  public interface Witness {
    /** This is about to happen to a file. */
    void look(Path file) throws IOException;
  }

  /** Something must be seen, or marked, in front of each deletion. */
  public synchronized void beforeDeletions(Witness seeing) {
    witness = seeing;
  }

  /** The process is no more. */
  public static final class Killed extends IOException {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed");
    }
  }

  private synchronized void live() throws Killed {
    if (stepsToLive <= 0) {
      throw new Killed();
    }
    stepsToLive--;
  }

  synchronized List<Step> steps() {
    return List.copyOf(steps);
  }

  synchronized int settled() {
    return settled;
  }

  @Override
  public synchronized DiskFile create(Path file) throws IOException {
    live();
    tree.requireFree(file);
    Folder parent = tree.parent(file);
    File made = new File(nodes++);
    parent.names().put(name(file), made);
    steps.add(new Step.Make(parent.id(), name(file), made.id(), false));
    return new OpenFile(file, made);
  }

  @Override
  public synchronized DiskFile open(Path file) throws IOException {
    return new OpenFile(file, tree.requireFile(file));
  }

  @Override
  public synchronized DiskFile openToRead(Path file) throws IOException {
    return new OpenFile(file, tree.requireFile(file));
  }

  @Override
  public synchronized void createFolder(Path folder) throws IOException {
    live();
    tree.requireFree(folder);
    Folder parent = tree.parent(folder);
    Folder made = new Folder(nodes++);
    parent.names().put(name(folder), made);
    steps.add(new Step.Make(parent.id(), name(folder), made.id(), true));
  }

  @Override
  public synchronized boolean exists(Path path) {
    return tree.find(path) != null;
  }

  @Override
  public synchronized boolean isFolder(Path path) {
    return tree.find(path) instanceof Folder;
  }

  @Override
  public synchronized List<Path> list(Path folder) throws IOException {
    return tree.requireFolder(folder).names().keySet().stream().map(folder::resolve).toList();
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    live();
    Node node = tree.require(from);
    if (tree.find(to) instanceof Folder taken && !taken.names().isEmpty()) {
      throw new DirectoryNotEmptyException(to.toString());
    }
    Folder source = tree.parent(from);
    Folder target = tree.parent(to);
    source.names().remove(name(from));
    target.names().put(name(to), node);
    steps.add(new Step.Rename(source.id(), name(from), target.id(), name(to), node.id()));
  }

  @Override
  public synchronized void link(Path existing, Path second) throws IOException {
    live();
    tree.requireFree(second);
    File file = tree.requireFile(existing);
    Folder parent = tree.parent(second);
    parent.names().put(name(second), file);
    steps.add(new Step.Link(parent.id(), name(second), file.id()));
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    live();
    witness.look(path);
    if (tree.require(path) instanceof Folder folder && !folder.names().isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    Folder parent = tree.parent(path);
    parent.names().remove(name(path));
    steps.add(new Step.Delete(parent.id(), name(path)));
  }

  @Override
  public synchronized void syncFolder(Path folder) throws IOException {
    live();
    if (!forgets.test(folder.toString())) {
      steps.add(new Step.SyncFolder(tree.requireFolder(folder).id()));
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private final class OpenFile implements DiskFile {
    private final Path path;
    private final File file;

    OpenFile(Path path, File file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long offset) {
      synchronized (RecordingDisk.this) {
        int length = Math.clamp(file.bytes().length - offset, 0, into.remaining());
        if (length > 0) {
          into.put(file.bytes(), (int) offset, length);
        }
        return length;
      }
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
      live();
      synchronized (RecordingDisk.this) {
        ByteBuffer bytes = ByteBuffer.allocate(from.remaining()).put(from).flip();
        file.write(bytes, 0, bytes.limit(), (int) offset);
        steps.add(new Step.Write(file.id(), (int) offset, bytes));
      }
    }

    @Override
    public long size() {
      synchronized (RecordingDisk.this) {
        return file.bytes().length;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      live();
      synchronized (RecordingDisk.this) {
        file.truncate((int) size);
        steps.add(new Step.Truncate(file.id(), (int) size));
      }
    }

    @Override
    public void sync() throws IOException {
      live();
      synchronized (RecordingDisk.this) {
        if (!forgets.test(path.toString())) {
          steps.add(new Step.Sync(file.id()));
        }
      }
    }

    @Override
    public void close() {
      // Nothing is kept open.
    }
  }
}
