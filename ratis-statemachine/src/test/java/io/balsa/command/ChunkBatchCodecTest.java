package io.balsa.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.Sha256;
import io.balsa.proto.log.v1.ChunkEntry;
import io.balsa.proto.log.v1.ChunkHeader;
import io.balsa.proto.log.v1.ChunkRemoval;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChunkBatchCodecTest {
  private static final String GOLDEN = "golden/chunk-entry-v1.hex";
  private static final ChunkBatch BATCH =
      new ChunkBatch(
          List.of(
              new ChunkBatch.Chunk(new ChunkId(new Sha256(1, 2, 3, 4)), 1, 0),
              new ChunkBatch.Chunk(new ChunkId(new Sha256(-1, 5, 6, 7)), 4 << 20, 0xCAFEBABE)));

  private static final String GOLDEN_REMOVAL = "golden/chunk-entry-removal-v1.hex";
  private static final ChunkBatch REMOVAL =
      new ChunkBatch(
          BATCH.chunks().subList(0, 1),
          List.of(
              new ChunkBatch.Removal(
                  7,
                  List.of(
                      new ChunkId(new Sha256(8, 9, 10, 11)), new ChunkId(new Sha256(1, 2, 3, 4)))),
              new ChunkBatch.Removal(9, List.of(new ChunkId(new Sha256(12, 13, 14, 15))))));

  @Test
  void todaysEncoderWritesTheGoldenEntry() throws IOException {
    String hex = HexFormat.of().formatHex(ChunkBatchCodec.encode(BATCH));
    GoldenFile.check(GOLDEN, hex.replaceAll("(.{64})", "$1\n") + "\n");
  }

  @Test
  void theGoldenEntryIsRead() throws IOException {
    byte[] golden = HexFormat.of().parseHex(GoldenFile.read(GOLDEN).replace("\n", ""));
    assertThat(ChunkBatchCodec.decode(ByteBuffer.wrap(golden))).isEqualTo(BATCH);
  }

  @Test
  void aRemovalIsWrittenAndReadAsItsGoldenEntry() throws IOException {
    String hex = HexFormat.of().formatHex(ChunkBatchCodec.encode(REMOVAL));
    GoldenFile.check(GOLDEN_REMOVAL, hex.replaceAll("(.{64})", "$1\n") + "\n");
    byte[] golden = HexFormat.of().parseHex(GoldenFile.read(GOLDEN_REMOVAL).replace("\n", ""));
    assertThat(ChunkBatchCodec.decode(ByteBuffer.wrap(golden))).isEqualTo(REMOVAL);
  }

  @Test
  void aBarrierIsShort() {
    ChunkBatch barrier = new ChunkBatch(List.of());
    byte[] encoded = ChunkBatchCodec.encode(barrier);
    assertThat(encoded).hasSize(2);
    assertThat(ChunkBatchCodec.decode(ByteBuffer.wrap(encoded))).isEqualTo(barrier);
  }

  @Test
  void aMarkIsGoldenAndReadBack() throws IOException {
    DigestMark mark =
        new DigestMark(Optional.of(new DigestMark.Noted(300, new Sha256(1, 2, 3, 4))));
    ChunkBatch marked = new ChunkBatch(List.of(), List.of(), Optional.of(mark));
    String hex = HexFormat.of().formatHex(ChunkBatchCodec.encode(marked));
    GoldenFile.check("golden/chunk-mark-v1.hex", hex.replaceAll("(.{64})", "$1\n") + "\n");
    byte[] golden =
        HexFormat.of().parseHex(GoldenFile.read("golden/chunk-mark-v1.hex").replace("\n", ""));
    assertThat(ChunkBatchCodec.decode(ByteBuffer.wrap(golden))).isEqualTo(marked);
    ChunkBatch first = new ChunkBatch(List.of(), List.of(), Optional.of(DigestMark.FIRST));
    assertThat(ChunkBatchCodec.decode(ByteBuffer.wrap(ChunkBatchCodec.encode(first))))
        .isEqualTo(first);
  }

  @Test
  void aMarkOutsideOfItsRangesIsUnreadable() {
    var mark = io.balsa.proto.log.v1.DigestMark.newBuilder();
    ChunkEntry.Builder entry = ChunkEntry.newBuilder().setVersion(1);
    unreadable(entry.setDigestMark(mark.setPreviousIndex(1)).build(), "32 bytes");
    mark.setPreviousDigest(ByteString.copyFrom(new byte[32]));
    unreadable(entry.setDigestMark(mark.setPreviousIndex(0)).build(), "digest-mark.index");
    unreadable(entry.setDigestMark(mark.setPreviousIndex(-1)).build(), "digest-mark.index");
  }

  @Test
  void anotherVersionIsUnreadable() {
    unreadable(ChunkEntry.newBuilder().setVersion(2).build(), "version 2");
    unreadable(ChunkEntry.getDefaultInstance(), "version 0");
  }

  @Test
  void unknownFieldsAreUnreadableAtEveryDepth() {
    UnknownFieldSet surplus =
        UnknownFieldSet.newBuilder()
            .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    unreadable(entry(header()).toBuilder().setUnknownFields(surplus).build(), "ChunkEntry has");
    unreadable(entry(header().setUnknownFields(surplus)), "ChunkHeader has");
  }

  @Test
  void aValueOutsideOfItsRangeIsUnreadable() {
    unreadable(entry(header().setLength(0)), "chunk.length");
    unreadable(entry(header().setLength(Limits.CHUNK_BYTES_MAX + 1)), "chunk.length");
    unreadable(entry(header().setId(ByteString.copyFrom(new byte[31]))), "chunk entry");
    ByteString id = ByteString.copyFrom(new byte[32]);
    ChunkEntry.Builder removal = ChunkEntry.newBuilder().setVersion(1);
    unreadable(
        removal.clone().addRemovals(removal(1).addIds(id.substring(1))).build(), "chunk entry");
    unreadable(removal.clone().addRemovals(removal(0).addIds(id)).build(), "removal.number");
    unreadable(
        removal
            .clone()
            .addRemovals(removal(1).addAllIds(Collections.nCopies(Limits.ENTRY_CHUNKS_MAX + 1, id)))
            .build(),
        "removal.ids");
  }

  private static ChunkRemoval.Builder removal(long number) {
    return ChunkRemoval.newBuilder().setNumber(number);
  }

  @Test
  void whatIsNoMessageIsUnreadable() {
    assertThatThrownBy(() -> ChunkBatchCodec.decode(ByteBuffer.wrap(new byte[] {(byte) 0xFF})))
        .isInstanceOf(UnreadableEntry.class);
  }

  private static ChunkHeader.Builder header() {
    return ChunkHeader.newBuilder().setId(ByteString.copyFrom(new byte[32])).setLength(1);
  }

  private static ChunkEntry entry(ChunkHeader.Builder header) {
    return ChunkEntry.newBuilder().setVersion(1).addChunks(header).build();
  }

  private static void unreadable(Message entry, String why) {
    assertThatThrownBy(() -> ChunkBatchCodec.decode(ByteBuffer.wrap(entry.toByteArray())))
        .isInstanceOf(UnreadableEntry.class)
        .hasMessageContaining(why);
  }
}
