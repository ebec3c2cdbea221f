package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What tests of packs share: chunks, a visitor that takes notes, a store in a folder. */
final class Packs {
  static final int GROUP = 3;
  static final long SALT = 0x5EED_5A17_0000_0001L;
  static final PackOptions OPTIONS =
      PackOptions.DEFAULT.withSalts(() -> SALT).withPreallocateBytes(4_096);

  private Packs() {}

  /** A chunk with its place in the log and, once appended, in the packs. */
  record Stored(LogPosition at, ChunkId id, ByteBuffer payload, PackLocation location) {}

  /** What a visitor was told. */
  static final class Notes implements RecordVisitor {
    final List<PackLocation> locations = new ArrayList<>();
    final List<ChunkId> ids = new ArrayList<>();
    final List<LogPosition> positions = new ArrayList<>();
    final List<CorruptRange> corrupt = new ArrayList<>();

    @Override
    public void visit(LogPosition at, ChunkId id, PackLocation location) {
      positions.add(at);
      ids.add(id);
      locations.add(location);
    }

    @Override
    public void corrupt(CorruptRange range) {
      corrupt.add(range);
    }
  }

  static PackStore open(Path folder, PackOptions options, Notes notes) throws IOException {
    return PackStore.open(folder, GROUP, options, PackPosition.START, notes);
  }

  /** Bytes without a zero among them, so that a zeroed tail always differs. */
  static ByteBuffer payload(int length, RandomGenerator random) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(1, 256);
    }
    return ByteBuffer.wrap(bytes);
  }

  static Stored append(PackStore store, long index, ByteBuffer payload) throws IOException {
    LogPosition at = new LogPosition(1, index);
    ChunkId id = new ChunkId(Sha256.of(payload));
    PackLocation location = store.append(at, id, payload, PackFormat.crc32c(payload));
    return new Stored(at, id, payload, location);
  }

  static Path file(Path folder, int pack) {
    return folder.resolve("pack-" + pack + ".pack");
  }

  static void flipBit(Path file, long bit) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
    Files.write(file, bytes);
  }
}
