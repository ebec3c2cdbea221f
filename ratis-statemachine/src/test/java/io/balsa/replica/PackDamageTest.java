package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.CorruptChunk;
import io.balsa.chunk.PackOptions;
import io.balsa.command.ChunkBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import io.balsa.rocks.RocksMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every damage of a pack, while the node is down and while it runs: found, repaired, not served.
 */
class PackDamageTest {
  private static final GroupName GROUP = GroupName.chunks(2);
  private static final PackOptions PACKS =
      PackOptions.DEFAULT.withPackBytesMax(8 << 10).withPreallocateBytes(0);
  private static final double DAMAGED_ONLY = 2;

  /** Done to pack 2 of 4, or to it and pack 3. */
  enum Damage {
    MISSING,
    CUT,
    EMPTY,
    ZEROED_IN_THE_MIDDLE,
    FILE_HEADER_FLIPPED,
    RECORD_HEADER_FLIPPED,
    PAYLOAD_FLIPPED,
    FOOTER_FLIPPED,
    SWAPPED_WITH_ANOTHER;

    void to(Path folder) throws IOException {
      Path pack = folder.resolve("pack-2.pack");
      byte[] bytes = Files.readAllBytes(pack);
      switch (this) {
        case MISSING -> Files.delete(pack);
        case CUT -> Files.write(pack, Arrays.copyOf(bytes, bytes.length / 2));
        case EMPTY -> Files.write(pack, new byte[0]);
        case ZEROED_IN_THE_MIDDLE -> {
          Arrays.fill(bytes, 2_000, 5_000, (byte) 0);
          Files.write(pack, bytes);
        }
        case FILE_HEADER_FLIPPED -> flip(pack, bytes, 13);
        case RECORD_HEADER_FLIPPED -> flip(pack, bytes, 64 + 20);
        case PAYLOAD_FLIPPED -> flip(pack, bytes, 64 + 96 + 7);
        case FOOTER_FLIPPED -> flip(pack, bytes, bytes.length - 50);
        case SWAPPED_WITH_ANOTHER -> {
          Path other = folder.resolve("pack-3.pack");
          Files.write(pack, Files.readAllBytes(other));
          Files.write(other, bytes);
        }
      }
    }

    private static void flip(Path pack, byte[] bytes, int at) throws IOException {
      bytes[at] ^= 4;
      Files.write(pack, bytes);
    }
  }

  private final Map<ChunkId, ByteBuffer> chunks = new LinkedHashMap<>();
  private final StoreSlot<ChunkStore> slot = new StoreSlot<>(GROUP);
  private final ChunkUpkeep upkeep = new ChunkUpkeep(GROUP, slot, (_, id) -> chunks.get(id));

  @TempDir private Path temp;
  private Path folder;

  @ParameterizedTest
  @EnumSource(Damage.class)
  void damageThatHappenedWhileTheNodeWasDownIsRepaired(Damage damage) throws Exception {
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20)) {
      fill(memory);
      slot.close();
      damage.to(folder);
      slot.put(ChunkStore.open(folder, GROUP.chunkGroup(), PACKS, memory));
      assertNothingWrongIsServed();
      care();
      slot.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void damageUnderARunningNodeIsFoundByScrubbingAndRepaired(Damage damage) throws Exception {
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20)) {
      fill(memory);
      damage.to(folder);
      care();
      slot.close();
      slot.put(ChunkStore.open(folder, GROUP.chunkGroup(), PACKS, memory));
      assertAllIsHere();
      slot.close();
    }
  }

  /** Twenty chunks in four packs. */
  private void fill(RocksMemory memory) throws IOException {
    folder = temp.resolve("store");
    ChunkStore store = ChunkStore.open(folder, GROUP.chunkGroup(), PACKS, memory);
    slot.put(store);
    Random random = new Random(11);
    for (int index = 1; index <= 20; index++) {
      byte[] bytes = new byte[1_400];
      random.nextBytes(bytes);
      ByteBuffer chunk = ByteBuffer.wrap(bytes);
      ChunkId id = new ChunkId(Sha256.of(chunk));
      CRC32C crc = new CRC32C();
      crc.update(bytes);
      ChunkBatch batch =
          new ChunkBatch(List.of(new ChunkBatch.Chunk(id, bytes.length, (int) crc.getValue())));
      store.write(new LogPosition(1, index), batch, List.of(Optional.of(chunk.duplicate())));
      store.apply(new LogPosition(1, index), batch);
      chunks.put(id, chunk);
    }
    store.flush();
    assertThat(store.packs.files()).hasSize(4);
  }

  private void assertNothingWrongIsServed() throws IOException {
    for (Map.Entry<ChunkId, ByteBuffer> chunk : chunks.entrySet()) {
      try {
        assertThat(read(chunk.getKey())).contains(chunk.getValue());
      } catch (CorruptChunk e) {
        boolean there = slot.with(store -> store.contains(chunk.getKey()));
        assertThat(there).as("%s", e).isTrue();
      }
    }
  }

  private Optional<ByteBuffer> read(ChunkId id) throws IOException {
    return slot.with(store -> store.read(id));
  }

  private void assertAllIsHere() throws IOException {
    for (Map.Entry<ChunkId, ByteBuffer> chunk : chunks.entrySet()) {
      assertThat(read(chunk.getKey())).contains(chunk.getValue());
    }
  }

  /** Scrubs, repairs and gives damaged packs up, as a node does; then all is well. */
  private void care() throws Exception {
    scrub();
    assertThat(upkeep.lost() + upkeep.health().damagedPacks()).as("found").isPositive();
    restoreLost();
    upkeep.sealIfWasteful(DAMAGED_ONLY);
    for (OptionalInt pack = upkeep.wasteful(DAMAGED_ONLY);
        pack.isPresent();
        pack = upkeep.wasteful(DAMAGED_ONLY)) {
      assertThat(upkeep.discard(pack.getAsInt())).isPresent();
    }
    restoreLost();
    scrub();
    assertThat(upkeep.lost()).isZero();
    assertThat(upkeep.health().damagedPacks()).isZero();
    assertAllIsHere();
  }

  private void restoreLost() throws Exception {
    for (ChunkId id : upkeep.lost(Optional.empty(), 100)) {
      assertThat(upkeep.restore(id, upkeep.fetch(id))).isTrue();
    }
  }

  private void scrub() throws IOException {
    PackPosition at = PackPosition.START;
    ChunkUpkeep.ScrubStep step;
    do {
      step = upkeep.scrub(at, 1_000);
      at = step.next();
    } while (!step.last());
  }
}
