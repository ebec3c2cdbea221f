package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.PackOptions;
import io.balsa.command.ChunkBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import io.balsa.rocks.RocksMemory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prints how fast a scrub is that nothing slows down. */
class ScrubRateTest {
  private static final GroupName GROUP = GroupName.chunks(1);
  private static final int CHUNKS = 48;
  private static final int CHUNK_BYTES = 4 << 20;

  @TempDir private Path folder;

  @Test
  void aScrubOfSoundPacksReadsAllOfThemAndFindsNothing() throws Exception {
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20)) {
      StoreSlot<ChunkStore> slot = new StoreSlot<>(GROUP);
      ChunkStore store = ChunkStore.open(folder.resolve("store"), 1, PackOptions.DEFAULT, memory);
      slot.put(store);
      byte[] bytes = new byte[CHUNK_BYTES];
      for (int index = 1; index <= CHUNKS; index++) {
        new Random(index).nextBytes(bytes);
        put(store, index, ByteBuffer.wrap(bytes));
      }
      ChunkUpkeep upkeep = new ChunkUpkeep(GROUP, slot, (_, _) -> ByteBuffer.wrap(new byte[0]));
      long startNanos = System.nanoTime();
      long read = 0;
      ChunkUpkeep.ScrubStep step;
      PackPosition at = PackPosition.START;
      do {
        step = upkeep.scrub(at, 1 << 20);
        at = step.next();
        read += step.bytes();
        assertThat(step.found()).isZero();
      } while (!step.last());
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      System.out.printf("scrub, unthrottled: %.0f MB/s%n", read / seconds / 1e6);
      assertThat(read).isGreaterThan((long) CHUNKS * CHUNK_BYTES);
      assertThat(upkeep.health().damagedPacks()).isZero();
      slot.close();
    }
  }

  private static void put(ChunkStore store, long index, ByteBuffer chunk) throws Exception {
    CRC32C crc = new CRC32C();
    crc.update(chunk.duplicate());
    ChunkId id = new ChunkId(Sha256.of(chunk));
    ChunkBatch batch =
        new ChunkBatch(List.of(new ChunkBatch.Chunk(id, CHUNK_BYTES, (int) crc.getValue())));
    store.write(new LogPosition(1, index), batch, List.of(Optional.of(chunk)));
    store.apply(new LogPosition(1, index), batch);
  }
}
