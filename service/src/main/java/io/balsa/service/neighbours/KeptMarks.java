package io.balsa.service.neighbours;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Watermark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What other members told of their logs, kept for them: one that comes back with an old copy of its
 * data learns here that it held more. A file for each member, of the form of its own watermark,
 * docs/formats/watermark.md. As many as members were ever heard.
 *
 * <p>Thread-safe. What is noted is there at once, and durable after {@link #keep}.
 */
public final class KeptMarks implements AutoCloseable {
  private final Disk disk;
  private final Path folder;

  /** Held while files are forced; who notes or asks does not wait for a disk. */
  private final ReentrantLock forcing = new ReentrantLock();

  @GuardedBy("this")
  private final Map<String, Map<GroupName, Mark>> known = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, Watermark> files = new HashMap<>();

  @GuardedBy("this")
  private final Set<String> changed = new HashSet<>();

  /**
   * Touches no file yet.
   *
   * @param folder made when it is needed
   */
  public KeptMarks(Disk disk, Path folder) {
    this.disk = disk;
    this.folder = folder;
  }

  /** What is kept for a member. */
  public synchronized Map<GroupName, Mark> of(String peerId) throws IOException {
    return Map.copyOf(marks(peerId));
  }

  /** Notes what is more than was known. */
  public synchronized void note(String peerId, Map<GroupName, Mark> told) throws IOException {
    Map<GroupName, Mark> marks = marks(peerId);
    told.forEach(
        (group, mark) -> {
          Mark before = marks.getOrDefault(group, Mark.START);
          if (before.isBehind(mark)) {
            marks.put(group, before.with(mark));
            changed.add(peerId);
          }
        });
  }

  /** Makes durable what was noted. After an IOException the node must stop. */
  public void keep() throws IOException {
    forcing.lock();
    try {
      for (Watermark file : written()) {
        file.force();
      }
    } finally {
      forcing.unlock();
    }
  }

  /** The files of members that told something new, with it in them, and those not seen before. */
  private synchronized List<Watermark> written() throws IOException {
    List<Watermark> written = new ArrayList<>();
    for (String peerId : changed) {
      Watermark file = file(peerId);
      marks(peerId).forEach(file::set);
      written.add(file);
    }
    changed.clear();
    return written;
  }

  @GuardedBy("this")
  private Map<GroupName, Mark> marks(String peerId) throws IOException {
    Map<GroupName, Mark> marks = known.get(peerId);
    if (marks == null) {
      Path file = folder.resolve(peerId);
      marks = new HashMap<>(Watermark.look(disk, file, peerId).marks());
      known.put(peerId, marks);
      if (disk.exists(file)) {
        // A process that was killed may have written it and not forced it; opening does.
        changed.add(peerId);
      }
    }
    return marks;
  }

  @GuardedBy("this")
  private Watermark file(String peerId) throws IOException {
    Watermark file = files.get(peerId);
    if (file == null) {
      disk.createFolders(folder);
      file = Watermark.open(disk, folder.resolve(peerId), peerId);
      files.put(peerId, file);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    forcing.lock();
    try {
      closeFiles();
    } finally {
      forcing.unlock();
    }
  }

  private synchronized void closeFiles() throws IOException {
    for (Watermark file : files.values()) {
      file.close();
    }
  }
}
