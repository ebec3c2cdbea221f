package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Ratis' vote file {@code raft-meta}: Java properties, without a checksum.
 *
 * @param term the current term
 * @param votedFor the peer voted for in it; empty for none
 */
public record RaftVote(long term, String votedFor) {
  private static final String NAME = "raft-meta";
  private static final long BYTES_MAX = 4096;

  /**
   * Reads a group's vote file.
   *
   * @param current the group's folder {@code current}
   * @return empty where it is missing, cannot be read or makes no sense
   */
  public static Optional<RaftVote> read(Disk disk, Path current) throws IOException {
    Path path = current.resolve(NAME);
    if (!disk.exists(path)) {
      return Optional.empty();
    }
    ByteBuffer bytes;
    try (DiskFile file = disk.openToRead(path)) {
      bytes = ByteBuffer.allocate((int) Math.min(BYTES_MAX, file.size()));
      file.read(bytes, 0);
    } catch (UnreadableFile e) {
      return Optional.empty();
    }
    return parse(StandardCharsets.UTF_8.decode(bytes.flip()).toString());
  }

  private static Optional<RaftVote> parse(String text) throws IOException {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
      @Nullable String term = properties.getProperty("term");
      @Nullable String votedFor = properties.getProperty("votedFor");
      if (term == null || votedFor == null || Long.parseLong(term) < 0) {
        return Optional.empty();
      }
      return Optional.of(new RaftVote(Long.parseLong(term), votedFor));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Not a number, or a broken escape.
    }
  }

  /**
   * Whether the file is there and empty. Ratis 3.3.0 leaves it so when it cannot write a vote: it
   * renames what it has written so far, nothing, into place. That vote was given to nobody.
   *
   * @param current the group's folder {@code current}
   */
  public static boolean isEmptied(Disk disk, Path current) throws IOException {
    Path path = current.resolve(NAME);
    if (!disk.exists(path)) {
      return false;
    }
    try (DiskFile file = disk.openToRead(path)) {
      return file.size() == 0;
    }
  }

  /**
   * Puts this vote in the place of the one in the file; durable on return. Ratis must not have
   * opened the group.
   *
   * @param current the group's folder {@code current}
   */
  public void replace(Disk disk, Path current) throws IOException {
    Path unborn = current.resolve(NAME + ".new");
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    create(disk, unborn);
    disk.rename(unborn, current.resolve(NAME));
    disk.syncFolder(current);
  }

  private void create(Disk disk, Path path) throws IOException {
    try (DiskFile file = disk.create(path)) {
      String text = "#\nvotedFor=" + votedFor + "\nterm=" + term + "\n";
      file.write(StandardCharsets.UTF_8.encode(text), 0);
      file.sync();
    }
  }

  /**
   * Makes a group's folder that holds this vote and no entry, for Ratis to open; durable on return.
   * After a crash the folder is there whole or not at all.
   *
   * @param group the group's folder, which does not exist
   */
  public void seed(Disk disk, Path group) throws IOException {
    Path unborn = group.resolveSibling(group.getFileName() + ".new");
    if (disk.exists(unborn)) {
      disk.deleteTree(unborn);
    }
    Path current = unborn.resolve("current");
    disk.createFolders(current);
    create(disk, current.resolve(NAME));
    disk.syncFolder(current);
    disk.rename(unborn, group);
    disk.syncName(group);
  }
}
