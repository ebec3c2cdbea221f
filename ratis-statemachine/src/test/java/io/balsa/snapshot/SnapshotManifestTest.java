package io.balsa.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.snapshot.SnapshotManifest.Entry;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotManifestTest {
  private static final SnapshotManifest GOLDEN =
      new SnapshotManifest(
          GroupName.chunks(2),
          new LogPosition(5, 77),
          List.of(
              new Entry("index/CURRENT", 16, new Sha256(1, 2, 3, 4)),
              new Entry("pack-1.pack", 1L << 30, Sha256.OF_NOTHING)));

  @Test
  void aManifestIsWrittenAndReadByteForByteAsInVersion2() throws IOException {
    GoldenFile.check(
        "golden/snapshot-v2.hex", HexFormat.of().formatHex(GOLDEN.encode().array()) + "\n");
    byte[] golden = golden();
    assertThat(GOLDEN.encode()).isEqualTo(ByteBuffer.wrap(golden));
    assertThat(SnapshotManifest.decode(ByteBuffer.wrap(golden))).isEqualTo(GOLDEN);
  }

  @Test
  void anyFlippedBitAndAnyCutIsSeen() throws IOException {
    byte[] golden = golden();
    for (int bit = 0; bit < golden.length * 8; bit++) {
      byte[] flipped = golden.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> SnapshotManifest.decode(ByteBuffer.wrap(flipped)))
          .isInstanceOf(CorruptSnapshot.class);
    }
    for (int length = 0; length < golden.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(golden, 0, length);
      assertThatThrownBy(() -> SnapshotManifest.decode(cut)).isInstanceOf(CorruptSnapshot.class);
    }
  }

  @Test
  void bytesWithAGoodCrcButAgainstTheRulesAreRefusedAndNothingElseHappens() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] golden = golden();
    for (int i = 0; i < 5_000; i++) {
      byte[] mutated = golden.clone();
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        mutated[random.nextInt(mutated.length - 4)] = (byte) random.nextInt();
      }
      CRC32C crc = new CRC32C();
      crc.update(mutated, 0, mutated.length - 4);
      ByteBuffer bytes = ByteBuffer.wrap(mutated);
      bytes.putInt(mutated.length - 4, (int) crc.getValue());
      try {
        SnapshotManifest decoded = SnapshotManifest.decode(bytes);
        assertThat(decoded.encode()).as("seed %d", seed).isEqualTo(bytes);
      } catch (CorruptSnapshot e) {
        assertThat(e).hasMessageContaining("manifest");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "..",
        ".",
        "a/..",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "a/./b",
        "a\\b",
        "a\0",
        "a b",
        "é",
        "SNAPSHOT-COMPLETE",
        "SNAPSHOT-SLICES",
        "C:/a"
      })
  void aPathThatLeavesTheFolderOrIsUnclearIsRefused(String path) {
    assertThatThrownBy(() -> new Entry(path, 1, Sha256.OF_NOTHING))
        .isInstanceOf(InvalidField.class);
  }

  @Test
  void pathsAreOrderedAndNoneIsInsideOfAnother() {
    assertThatThrownBy(() -> manifest("b", "a")).isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> manifest("a", "a")).isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> manifest("a", "a-b", "a/b/c")).isInstanceOf(InvalidField.class);
    assertThat(manifest("a-b", "a/b", "a/c").entries()).hasSize(3);
    assertThatThrownBy(() -> new Entry("a".repeat(256), 1, Sha256.OF_NOTHING))
        .isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> new Entry("a", -1, Sha256.OF_NOTHING))
        .isInstanceOf(InvalidField.class);
  }

  private static SnapshotManifest manifest(String... paths) {
    List<Entry> entries =
        List.of(paths).stream().map(path -> new Entry(path, 1, Sha256.OF_NOTHING)).toList();
    return new SnapshotManifest(GroupName.CATALOG, LogPosition.START, entries);
  }

  private static byte[] golden() throws IOException {
    return HexFormat.of().parseHex(GoldenFile.read("golden/snapshot-v2.hex").replace("\n", ""));
  }
}
