package io.balsa.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransferTest {
  @TempDir private Path folder;

  @Test
  void aScanCountsFilesAndLinksToFilesAndSkipsTheRest() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a/b"));
    Path file = Files.writeString(deep.resolve("f"), "12345");
    Files.createSymbolicLink(folder.resolve("link"), file);
    Files.createSymbolicLink(folder.resolve("circle"), folder);
    Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("none"));
    FolderScan scan = FolderScan.of(folder);
    assertThat(scan.files()).isEqualTo(2);
    assertThat(scan.bytes()).isEqualTo(10);
    assertThat(scan.linked()).extracting(FoundFile::path).containsExactly("link");
    assertThat(scan.skipped()).isEqualTo(2);
    assertThat(scan.notes())
        .anyMatch(note -> note.endsWith("circle: a link to a folder"))
        .anyMatch(note -> note.endsWith("nowhere: a link to no file"));
    assertThat(FolderScan.list(folder, 2))
        .extracting(FoundFile::path)
        .containsExactlyInAnyOrder("a/b/f", "link");
    assertThatIOException().isThrownBy(() -> FolderScan.list(folder, 1));
  }

  @Test
  void aFolderThatIsALinkItselfIsFollowed() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real"));
    Files.writeString(real.resolve("f"), "x");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertThat(FolderScan.of(link).files()).isEqualTo(1);
  }

  @Test
  void whatIsNoFolderIsRefused() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> FolderScan.of(folder.resolve("none")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../x", "a/../../x", "/etc/passwd", "."})
  void noPathLeavesItsFolder(String path) {
    assertThatIOException().isThrownBy(() -> FolderFetch.below(folder, path));
    assertThatIOException().isThrownBy(() -> FolderFetch.below(Path.of("."), path));
  }

  @Test
  void otherPathsStayBelowTheirFolder() throws IOException {
    assertThat(FolderFetch.below(folder, "a/b")).isEqualTo(folder.resolve("a/b"));
    assertThat(FolderFetch.below(Path.of("."), "a")).isEqualTo(Path.of("a").toAbsolutePath());
  }

  @Test
  void lanesDoEverythingAndTellTheFirstFailure() throws Exception {
    AtomicInteger done = new AtomicInteger();
    try (Lanes lanes = new Lanes("test", 4)) {
      for (int i = 0; i < 100; i++) {
        lanes.begin(done::incrementAndGet);
      }
      lanes.join();
      assertThat(done).hasValue(100);
      lanes.begin(
          () -> {
            throw new IOException("broken");
          });
      assertThatIOException().isThrownBy(lanes::join).withMessage("broken");
      lanes.begin(done::incrementAndGet);
      assertThatIOException().isThrownBy(lanes::join);
      assertThat(done).hasValue(100);
    }
  }
}
