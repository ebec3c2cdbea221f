package io.balsa.service.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubNoteTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/scrub-v1.txt");
  private static final ScrubNote NOTE =
      new ScrubNote(
          "chunks-1/packs",
          new ScrubTarget.Cursor(3, 1_048_640),
          1_700_000_000_000L,
          5L << 30,
          2,
          1_699_990_000_000L);

  @TempDir private Path folder;

  @Test
  void aNoteIsWrittenAndReadAsItsGoldenFile() throws IOException {
    if (System.getProperty("golden.rewrite") != null) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, NOTE.format());
    }
    assertThat(NOTE.format()).isEqualTo(Files.readString(GOLDEN));
    assertThat(ScrubNote.parse(Files.readString(GOLDEN))).contains(NOTE);
  }

  @Test
  void aNoteComesBackAndReplacesTheOneBefore() throws IOException {
    assertThat(ScrubNote.read(Disk.real(), folder)).isEqualTo(ScrubNote.NONE);
    ScrubNote.NONE.write(Disk.real(), folder);
    Files.writeString(folder.resolve("scrub.new"), "left behind by a crash");
    NOTE.write(Disk.real(), folder);
    assertThat(ScrubNote.read(Disk.real(), folder)).isEqualTo(NOTE);
  }

  @Test
  void anyDamageMeansToBeginAnew() throws IOException {
    byte[] whole = NOTE.format().getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("scrub");
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertThat(ScrubNote.read(Disk.real(), folder)).as("byte %d", at).isEqualTo(ScrubNote.NONE);
      Files.write(file, Arrays.copyOf(whole, at));
      assertThat(ScrubNote.read(Disk.real(), folder)).as("cut at %d", at).isEqualTo(ScrubNote.NONE);
    }
    Files.writeString(file, "x".repeat(100_000));
    assertThat(ScrubNote.read(Disk.real(), folder)).isEqualTo(ScrubNote.NONE);
  }
}
