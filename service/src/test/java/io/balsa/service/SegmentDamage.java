package io.balsa.service;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What disks and people do to one closed log segment of a node that is down. */
enum SegmentDamage {
  /** It ends behind a whole entry in its middle. */
  CUT {
    @Override
    void strike(Path segment) throws IOException {
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        file.setLength(middle(LogDamage.ends(segment)));
      }
    }
  },
  /** One bit in its middle. */
  FLIP {
    @Override
    void strike(Path segment) throws IOException {
      LogDamage.flip(segment, 8 + (LogDamage.ends(segment).getLast() - 8) / 2);
    }
  },
  /** Zeros behind a whole entry in its middle. */
  ZERO {
    @Override
    void strike(Path segment) throws IOException {
      List<Integer> ends = LogDamage.ends(segment);
      LogDamage.overwrite(segment, middle(ends), new byte[ends.getLast() - middle(ends)]);
    }
  },
  /** It is gone, those in front of it and behind it are there. */
  DELETE {
    @Override
    void strike(Path segment) throws IOException {
      Files.delete(segment);
    }
  };

  /** Damages it. */
  abstract void strike(Path segment) throws IOException;

  /** Each damage once, begun with one of them. */
  static List<SegmentDamage> mixed(int first) {
    List<SegmentDamage> all = new ArrayList<>(List.of(values()));
    Collections.rotate(all, -first);
    return all;
  }

  /** Where the first half of the entries ends. */
  private static int middle(List<Integer> ends) {
    return ends.size() < 2 ? 8 : ends.get(ends.size() / 2 - 1);
  }
}
