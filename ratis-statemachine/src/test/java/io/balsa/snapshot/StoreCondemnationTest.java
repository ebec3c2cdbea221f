package io.balsa.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCondemnationTest {
  private static final Disk DISK = Disk.real();

  @TempDir Path temp;
  private Path store;

  @BeforeEach
  void makeAStore() {
    store = temp.resolve("catalog");
  }

  @Test
  void aMarkIsWrittenByteForByteAsInVersion1() throws IOException {
    StoreCondemnation.write(DISK, store, "block checksum mismatch in 000012.sst");
    byte[] bytes = Files.readAllBytes(temp.resolve("catalog.condemned"));
    GoldenFile.check("golden/condemned-v1.hex", HexFormat.of().formatHex(bytes) + "\n");
  }

  @Test
  void theFirstReasonStaysUntilTheMarkIsLifted() throws IOException {
    assertThat(StoreCondemnation.read(DISK, store)).isEmpty();
    StoreCondemnation.write(DISK, store, "first");
    StoreCondemnation.write(DISK, store, "second");
    assertThat(StoreCondemnation.read(DISK, store)).contains("first");
    StoreCondemnation.lift(DISK, store);
    StoreCondemnation.lift(DISK, store);
    assertThat(StoreCondemnation.read(DISK, store)).isEmpty();
    StoreCondemnation.write(DISK, store, "x".repeat(5_000));
    assertThat(StoreCondemnation.read(DISK, store)).contains("x".repeat(1_000));
    assertThat(DISK.list(temp)).hasSize(1);
  }

  @Test
  void aMarkThatCannotBeReadCondemnsAllTheSame() throws IOException {
    StoreCondemnation.write(DISK, store, "why");
    Path mark = StoreCondemnation.markOf(store);
    byte[] bytes = Files.readAllBytes(mark);
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(mark, flipped);
      assertThat(StoreCondemnation.read(DISK, store).orElseThrow()).contains("damaged");
    }
    for (int length = 0; length < bytes.length; length++) {
      Files.write(mark, Arrays.copyOf(bytes, length));
      assertThat(StoreCondemnation.read(DISK, store)).isPresent();
    }
  }

  @Test
  void theMarkIsThereWholeOrNotAtAllAndItsNameIsForcedLast() throws IOException {
    List<String> operations = new ArrayList<>();
    FaultyDisk disk = new FaultyDisk();
    disk.set(operations::add);
    StoreCondemnation.write(disk, store, "why");
    assertThat(operations).containsExactly("create", "write", "sync", "rename", "syncFolder");
    StoreCondemnation.lift(DISK, store);
    for (int failAt = 0; failAt < operations.size() - 1; failAt++) {
      int[] left = {failAt};
      disk.set(
          operation -> {
            if (left[0]-- == 0) {
              throw new IOException("EIO");
            }
          });
      assertThatThrownBy(() -> StoreCondemnation.write(disk, store, "why")).hasMessage("EIO");
      assertThat(StoreCondemnation.read(DISK, store)).isEmpty();
    }
    StoreCondemnation.write(DISK, store, "why");
    assertThat(StoreCondemnation.read(DISK, store)).contains("why");
  }
}
