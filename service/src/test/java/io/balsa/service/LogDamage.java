package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What disks and people do to the newest Raft files of a node that is down, in all groups. */
enum LogDamage {
  /** The newest segment loses half of its bytes. */
  CUT_HALF {
    @Override
    void strike(Path group, Path older) throws IOException {
      Path segment = newest(group);
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        file.setLength(ends(segment).getLast() / 2);
      }
    }
  },
  /** Zeros from the end of an entry on. */
  ZERO_TAIL {
    @Override
    void strike(Path group, Path older) throws IOException {
      Path segment = newest(group);
      List<Integer> ends = ends(segment);
      int from = ends.size() < 2 ? 8 : ends.get(ends.size() - 2);
      overwrite(segment, from, new byte[ends.getLast() - from]);
    }
  },
  /** Zeros from the middle of the last entry on. */
  ZERO_HALF_ENTRY {
    @Override
    void strike(Path group, Path older) throws IOException {
      Path segment = newest(group);
      List<Integer> ends = ends(segment);
      int begin = ends.size() < 2 ? 8 : ends.get(ends.size() - 2);
      int from = (begin + ends.getLast()) / 2;
      overwrite(segment, from, new byte[ends.getLast() - from]);
    }
  },
  /** One bit in the first half. */
  FLIP_MIDDLE {
    @Override
    void strike(Path group, Path older) throws IOException {
      Path segment = newest(group);
      flip(segment, 8 + (ends(segment).getLast() - 8) / 3);
    }
  },
  /** One bit of the last entry. */
  FLIP_TAIL {
    @Override
    void strike(Path group, Path older) throws IOException {
      Path segment = newest(group);
      flip(segment, ends(segment).getLast() - 6);
    }
  },
  /** The newest segment is gone; where it is the only one, all but its header. */
  DELETE_SEGMENT {
    @Override
    void strike(Path group, Path older) throws IOException {
      Path segment = newest(group);
      if (segments(group).size() == 1) {
        // Without any segment a store that has applied all of them has lost nothing.
        overwrite(segment, 8, new byte[ends(segment).getLast() - 8]);
      } else {
        Files.delete(segment);
      }
    }
  },
  /** All of the group's Raft files are gone. */
  DELETE_FOLDER {
    @Override
    void strike(Path group, Path older) throws IOException {
      Disk.real().deleteTree(group);
    }
  },
  /** A copy that was made earlier is back in place. */
  OLD_COPY {
    @Override
    void strike(Path group, Path older) throws IOException {
      Disk.real().deleteTree(group);
      copy(older, group);
    }
  },
  /** The vote file says an older term. */
  OLDER_TERM {
    @Override
    void strike(Path group, Path older) throws IOException {
      rewriteVote(group, "term=([0-9]+)", "term=0");
    }
  },
  /** The vote file names somebody else. */
  OTHER_VOTE {
    @Override
    void strike(Path group, Path older) throws IOException {
      rewriteVote(group, "votedFor=.*", "votedFor=n9.0000000000000000");
    }
  },
  /** The vote file is gone. */
  DELETE_VOTE {
    @Override
    void strike(Path group, Path older) throws IOException {
      Files.delete(group.resolve("current/raft-meta"));
    }
  },
  /** The watermark is gone. */
  DELETE_WATERMARK {
    @Override
    void strike(Path group, Path older) throws IOException {
      Files.deleteIfExists(group.resolveSibling("../watermark").normalize());
    }
  },
  /** Both slots of the watermark have a wrong bit. */
  FLIP_WATERMARK {
    @Override
    void strike(Path group, Path older) throws IOException {
      Path watermark = group.resolveSibling("../watermark").normalize();
      byte[] bytes = Files.readAllBytes(watermark);
      // Called for each group: set, not flipped back.
      bytes[5] = 99;
      if (bytes.length > 16 << 10) {
        bytes[(16 << 10) + 5] = 99;
      }
      Files.write(watermark, bytes);
    }
  };

  /**
   * Damages one group of a node that is down.
   *
   * @param group its Raft folder
   * @param older a copy of it from before
   */
  abstract void strike(Path group, Path older) throws IOException;

  private static List<Path> segments(Path group) throws IOException {
    return Disk.real().list(group.resolve("current")).stream()
        .filter(file -> file.getFileName().toString().startsWith("log_"))
        .toList();
  }

  private static Path newest(Path group) throws IOException {
    return segments(group).stream()
        .max(Comparator.comparingLong(file -> startOf(file.getFileName())))
        .orElseThrow();
  }

  /** The closed segment that holds an entry, which has one in front of it. */
  static Path closed(Path group, long entry) throws IOException {
    List<Path> upTo =
        segments(group).stream()
            .filter(file -> startOf(file.getFileName()) <= entry)
            .sorted(Comparator.comparingLong(file -> startOf(file.getFileName())))
            .toList();
    assertThat(upTo).as("up to %d of %s", entry, segments(group)).hasSizeGreaterThan(1);
    assertThat(upTo.getLast().toString()).doesNotContain("inprogress");
    return upTo.getLast();
  }

  private static long startOf(Path segment) {
    return Long.parseLong(segment.toString().replaceAll("log_(?:inprogress_)?([0-9]+).*", "$1"));
  }

  /** Where each entry ends: a varint length, the entry, 4 bytes of checksum. */
  static List<Integer> ends(Path segment) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment)).position(8);
    List<Integer> ends = new ArrayList<>();
    while (bytes.hasRemaining() && bytes.get(bytes.position()) != 0) {
      int length = 0;
      int next = 0x80;
      for (int shift = 0; (next & 0x80) != 0; shift += 7) {
        next = bytes.get();
        length |= (next & 0x7f) << shift;
      }
      bytes.position(bytes.position() + length + 4);
      ends.add(bytes.position());
    }
    return ends;
  }

  static void overwrite(Path file, int offset, byte[] with) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(offset);
      out.write(with);
    }
  }

  static void flip(Path file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    overwrite(file, offset, new byte[] {(byte) (bytes[offset] ^ 0x20)});
  }

  private static void rewriteVote(Path group, String what, String with) throws IOException {
    Path vote = group.resolve("current/raft-meta");
    Files.writeString(vote, Files.readString(vote).replaceAll(what, with));
  }

  /** Copies a folder; what disappears meanwhile is left out. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!file.endsWith("in_use.lock")) {
          Files.copy(file, target);
        }
      }
    }
  }
}
