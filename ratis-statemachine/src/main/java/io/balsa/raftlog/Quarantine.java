package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Where damaged Raft folders are kept for whoever wants to know what happened: {@code
 * <utc>-<group>-raft}. Nothing in the node reads them. The newest {@link #KEPT_MAX} are kept. One
 * thread at a time.
 */
public final class Quarantine {
  /** More are deleted, the oldest first. */
  public static final int KEPT_MAX = 8;

  private static final String SUFFIX = "-raft";
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Disk disk;
  private final Path folder;
  private final Clock clock;

  /** Keeps in {@code folder}, which is made when it is needed. */
  public Quarantine(Disk disk, Path folder, Clock clock) {
    this.disk = disk;
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Moves a Raft folder away, if it is there; durable on return.
   *
   * @param raft the folder, on the quarantine's file system
   */
  public synchronized void take(GroupName group, Path raft) throws IOException {
    if (!disk.exists(raft)) {
      forceMove(raft);
      return;
    }
    disk.createFolders(folder);
    String name = UTC.format(clock.instant()) + "-" + group + SUFFIX;
    Path kept = folder.resolve(name);
    for (int other = 2; disk.exists(kept); other++) {
      kept = folder.resolve(name + other);
    }
    disk.rename(raft, kept);
    forceMove(raft);
    forgetOldest();
  }

  /** Also where there was nothing to move: whoever moved it may have been killed behind that. */
  private void forceMove(Path raft) throws IOException {
    if (disk.exists(folder)) {
      disk.syncFolder(folder);
    }
    Path above = raft.toAbsolutePath().getParent();
    if (above != null && disk.exists(above)) {
      disk.syncFolder(above);
    }
  }

  private void forgetOldest() throws IOException {
    List<Path> kept =
        disk.list(folder).stream()
            .filter(path -> path.getFileName().toString().contains(SUFFIX))
            .toList();
    for (Path old : kept.subList(0, Math.max(0, kept.size() - KEPT_MAX))) {
      disk.deleteTree(old);
    }
  }
}
