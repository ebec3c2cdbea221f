package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.DiskFile;
import io.balsa.raftlog.LogContents;
import io.balsa.replica.ConfigurationCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.impl.ServerImplUtils;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checked copy of a group's configuration after a power cut. */
class ConfigurationCopyCrashTest {
  private static final Path GROUP = Path.of("/data/raft/group");
  private static final Path FILE = GROUP.resolve("current/raft-meta.conf");
  private static final int CHANGES = 4;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theCopyMendsTheFileToTheLastThatWasKeptOrALaterOne(long seed) throws IOException {
    assertThat(tryOn(new RecordingDisk(), seed)).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/configuration[.]new", "/group"})
  void aForceThatIsLeftOutIsFound(String paths) throws Exception {
    CrashStates.requireFound(paths, ConfigurationCopyCrashTest::tryOn);
  }

  private static int tryOn(RecordingDisk disk, long seed) throws IOException {
    Random random = new Random(seed);
    disk.createFolders(FILE.getParent());
    disk.settle();
    for (int number = 1; number <= CHANGES; number++) {
      ratisWrites(disk, number);
      keep(disk, number, random);
      disk.mark(number);
    }
    return CrashStates.check(disk, seed, ConfigurationCopyCrashTest::check);
  }

  /** It forces the file, and not its name. */
  private static void ratisWrites(RecordingDisk disk, int number) throws IOException {
    Path unborn = FILE.resolveSibling("raft-meta.conf.tmp");
    try (DiskFile file = disk.create(unborn)) {
      file.write(ByteBuffer.wrap(bytes(number)), 0);
      file.sync();
    }
    disk.rename(unborn, FILE);
  }

  /** As often as it is killed on the way; each life begins with a look. */
  private static void keep(RecordingDisk disk, int number, Random random) throws IOException {
    disk.killAfter(random.nextInt(2) == 0 ? random.nextInt(7) : Integer.MAX_VALUE);
    try {
      assertThat(ConfigurationCopy.keep(disk, GROUP, configuration(number))).isTrue();
      disk.revive();
    } catch (RecordingDisk.Killed e) {
      disk.revive();
      mend(disk);
      keep(disk, number, random);
    }
  }

  /** A file that is newer than the copy stays as it is: all that was logged is purged. */
  private static void mend(RecordingDisk disk) throws IOException {
    var _ = ConfigurationCopy.mend(disk, GROUP, LogContents.EMPTY, Long.MAX_VALUE);
  }

  private static void check(RecordingDisk disk, List<Object> said) throws IOException {
    assertThat(ConfigurationCopy.isWhole(disk, GROUP)).isTrue();
    if (disk.exists(FILE)) {
      disk.delete(FILE);
    }
    mend(disk);
    List<byte[]> possible = new ArrayList<>();
    for (int number = said.isEmpty() ? 1 : (int) said.getLast(); number <= CHANGES; number++) {
      possible.add(bytes(number));
    }
    if (disk.exists(FILE)) {
      assertThat(read(disk, FILE)).isIn(possible);
    } else {
      assertThat(said).isEmpty();
    }
  }

  private static byte[] read(RecordingDisk disk, Path path) throws IOException {
    try (DiskFile file = disk.openToRead(path)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(bytes, 0);
      return bytes.array();
    }
  }

  private static byte[] bytes(int number) {
    return LogProtoUtils.toLogEntryProto(configuration(number), 3L, 10L * number).toByteArray();
  }

  private static RaftConfiguration configuration(int number) {
    List<RaftPeer> voters =
        Stream.of("n1", "n2", "n" + (2 + number))
            .map(id -> RaftPeer.newBuilder().setId(RaftPeerId.valueOf(id)).build())
            .toList();
    long index = 10L * number;
    return ServerImplUtils.newRaftConfiguration(voters, List.of(), index, List.of(), List.of());
  }
}
