package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of the crash states themselves: the classic mistakes are found, and right is right. */
class BrokenProgramsTest {
  private static final Path FOLDER = Path.of("/data");
  private static final Path FILE = FOLDER.resolve("file");
  private static final Path UNBORN = FOLDER.resolve("file.new");
  private static final String OLD = "old".repeat(400);
  private static final String FRESH = "new".repeat(500);

  /** Replaces the file, and marks when it believes that the new one is durable. */
  private interface Program {
    void run(RecordingDisk disk) throws IOException;
  }

  @Test
  void writeForceRenameForceIsRight() throws IOException {
    int states =
        check(
            disk -> {
              write(disk, true);
              disk.rename(UNBORN, FILE);
              disk.syncFolder(FOLDER);
              disk.mark("done");
            });
    assertThat(states).isGreaterThan(10);
  }

  @Test
  void anAcknowledgementBeforeTheForceOfTheFolderIsFound() {
    found(
        disk -> {
          write(disk, true);
          disk.rename(UNBORN, FILE);
          disk.mark("done");
        });
  }

  @Test
  void aRenameBeforeTheForceOfTheFileIsFound() {
    found(
        disk -> {
          write(disk, false);
          disk.rename(UNBORN, FILE);
          disk.syncFolder(FOLDER);
          disk.mark("done");
        });
  }

  @Test
  void aForceBetweenTwoWritesIsNoForceOfTheSecond() {
    found(
        disk -> {
          try (DiskFile file = disk.create(UNBORN)) {
            file.write(bytes(FRESH.substring(0, 700)), 0);
            file.sync();
            file.write(bytes(FRESH.substring(700)), 700);
          }
          disk.rename(UNBORN, FILE);
          disk.syncFolder(FOLDER);
          disk.mark("done");
        });
  }

  @Test
  void aFileThatIsOverwrittenInPlaceIsFoundTorn() {
    found(
        disk -> {
          try (DiskFile file = disk.open(FILE)) {
            file.write(bytes(FRESH), 0);
            file.sync();
          }
          disk.mark("done");
        });
  }

  @Test
  void aDeleteBeforeTheRenameIsFound() {
    found(
        disk -> {
          write(disk, true);
          disk.delete(FILE);
          disk.rename(UNBORN, FILE);
          disk.syncFolder(FOLDER);
          disk.mark("done");
        });
  }

  /** Whoever finds it there must force it. */
  @Test
  void aNameThatAnEarlierLifeLeftUnforcedIsFound() {
    found(
        disk -> {
          write(disk, true);
          disk.rename(UNBORN, FILE);
          disk.killAfter(0);
          assertThatThrownBy(() -> disk.syncFolder(FOLDER))
              .isInstanceOf(RecordingDisk.Killed.class);
          disk.revive();
          requireOneOrTheOther(disk, List.of("the next life reads the new one"));
          disk.mark("done");
        });
  }

  /** A slot may be written over only when the other one was forced. */
  @Test
  void twoSlotsThatAlternateWithEachWriteAreFoundTorn() {
    RecordingDisk disk = new RecordingDisk();
    assertThatThrownBy(
            () -> {
              disk.createFolders(FOLDER);
              try (DiskFile file = disk.create(FILE)) {
                file.write(bytes(OLD), 0);
                file.write(bytes(OLD), OLD.length());
                disk.settle();
                for (int slot = 0; slot < 2; slot++) {
                  file.write(bytes(OLD.replace('o', 'n')), (long) slot * OLD.length());
                }
              }
              CrashStates.check(disk, 1, (after, _) -> requireAWholeSlot(after));
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("after a crash behind these steps");
  }

  private static void requireAWholeSlot(RecordingDisk after) throws IOException {
    String slots = text(after);
    List<String> both = List.of(slots.substring(0, OLD.length()), slots.substring(OLD.length()));
    assertThat(both).containsAnyOf(OLD, OLD.replace('o', 'n'));
  }

  @Test
  void aFolderWhoseNameWasNotForcedIsFound() {
    RecordingDisk disk = new RecordingDisk();
    assertThatThrownBy(
            () -> {
              disk.createFolder(FOLDER);
              write(disk, true);
              disk.rename(UNBORN, FILE);
              disk.syncFolder(FOLDER);
              disk.mark("done");
              CrashStates.check(
                  disk,
                  1,
                  (after, said) -> assertThat(said.isEmpty() || after.exists(FILE)).isTrue());
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("- Make[folder=0, name=data");
  }

  private static void found(Program program) {
    assertThatThrownBy(() -> check(program))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("after a crash behind these steps");
  }

  private static int check(Program program) throws IOException {
    RecordingDisk disk = new RecordingDisk();
    disk.createFolders(FOLDER);
    try (DiskFile file = disk.create(FILE)) {
      file.write(bytes(OLD), 0);
    }
    disk.settle();
    program.run(disk);
    return CrashStates.check(disk, 1, BrokenProgramsTest::requireOneOrTheOther);
  }

  private static void requireOneOrTheOther(RecordingDisk after, List<Object> said)
      throws IOException {
    assertThat(text(after)).isIn(said.isEmpty() ? List.of(OLD, FRESH) : List.of(FRESH));
  }

  private static String text(RecordingDisk after) throws IOException {
    try (DiskFile file = after.openToRead(FILE)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(bytes, 0);
      return StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }
  }

  private static void write(RecordingDisk disk, boolean force) throws IOException {
    try (DiskFile file = disk.create(UNBORN)) {
      file.write(bytes(FRESH), 0);
      if (force) {
        file.sync();
      }
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
