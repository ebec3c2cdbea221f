package io.balsa.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import io.balsa.proto.log.v1.CatalogCommand;
import io.balsa.proto.log.v1.CatalogEntry;
import io.balsa.proto.log.v1.DeleteChunks;
import io.balsa.proto.log.v1.ForgetChunks;
import io.balsa.proto.log.v1.ObjectSweep;
import io.balsa.proto.log.v1.SweepRows;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class UpkeepCodecTest {
  private static final String GOLDEN = "golden/catalog-upkeep-v1.hex";
  private static final ChunkId ONE = new ChunkId(new Sha256(1, 2, 3, 4));
  private static final ChunkId TWO = new ChunkId(new Sha256(5, 6, 7, 8));
  private static final CommandBatch BATCH =
      new CommandBatch(new CommandBatch.Stamp(1_700_000_000_000L, 1_000, 1_000), everyKind());

  /** Upkeep of each kind, and what other commands carry for its sake. */
  static List<Envelope> everyKind() {
    ObjectPath path = new ObjectPath("train/ä.jpeg");
    return List.of(
        new Upkeep.RaiseFloor(1_000, 86_400_000).envelope(),
        new Upkeep.SweepRows(
                7,
                List.of(
                    new Upkeep.ObjectSweep(path, 300, 310), new Upkeep.ObjectSweep(path, 310, 0)),
                List.of(new VersionName("v1")),
                List.of(299L, 301L))
            .envelope(),
        new Upkeep.CondemnChunks(4, List.of(new ChunkRef(ONE, 3, 1), new ChunkRef(TWO, 3, 2)))
            .envelope(),
        new Upkeep.DeleteChunks(3_600_000, List.of(ONE, TWO)).envelope(),
        new Upkeep.ForgetChunks(2, 5, 1_000, List.of(TWO)).envelope(),
        envelope(new Command.DeleteVersion(new DatasetName("a"), new VersionName("v1"))),
        envelope(
            new Command.SealVersion(
                7, new VersionName("v1"), 300, new VersionSummary(ONE.sha256(), 1, 6))),
        envelope(put(OptionalLong.of(5))));
  }

  private static Envelope envelope(Command command) {
    return new Envelope(new RequestId("r"), command);
  }

  private static Command.PutObject put(OptionalLong removalsSeen) {
    ObjectContent content =
        new ObjectContent(3, ONE.sha256(), Metadata.NONE, List.of(new ChunkRef(ONE, 3, 1)));
    return new Command.PutObject(
        new DatasetName("a"),
        new ObjectPath("b"),
        WriteScope.DIRECT,
        Precondition.NONE,
        content,
        removalsSeen);
  }

  @Test
  void todaysEncoderWritesTheGoldenEntry() throws IOException {
    GoldenFile.check(GOLDEN, CommandCodecTest.hex(CommandCodec.encode(BATCH)));
  }

  @Test
  void theGoldenEntryIsRead() throws IOException {
    byte[] golden = HexFormat.of().parseHex(GoldenFile.read(GOLDEN).replace("\n", ""));
    assertThat(CommandCodec.decode(ByteBuffer.wrap(golden))).isEqualTo(BATCH);
  }

  @Test
  void aRetryIsTheSameWheneverItsChunksWereChecked() {
    long fingerprint = CommandCodec.fingerprint(put(OptionalLong.empty()));
    assertThat(CommandCodec.fingerprint(put(OptionalLong.of(0)))).isEqualTo(fingerprint);
    assertThat(CommandCodec.fingerprint(put(OptionalLong.of(9)))).isEqualTo(fingerprint);
  }

  @Test
  void moreThanTheLimitIsRefused() {
    List<ChunkId> ids = Collections.nCopies(Limits.UPKEEP_ITEMS_MAX + 1, ONE);
    List<ChunkRef> refs = Collections.nCopies(Limits.UPKEEP_ITEMS_MAX + 1, new ChunkRef(ONE, 3, 1));
    List<Long> rows = Collections.nCopies(Limits.UPKEEP_ITEMS_MAX + 1, 1L);
    assertThatThrownBy(() -> new Upkeep.DeleteChunks(0, ids)).isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> new Upkeep.ForgetChunks(1, 1, 1, ids))
        .isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> new Upkeep.CondemnChunks(0, refs)).isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> new Upkeep.SweepRows(1, List.of(), List.of(), rows))
        .isInstanceOf(InvalidField.class);
  }

  @Test
  void whatIsNotKnownOrOutOfRangeIsUnreadable() {
    UnknownFieldSet surplus =
        UnknownFieldSet.newBuilder()
            .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    unreadable(
        command()
            .setSweepRows(
                SweepRows.newBuilder()
                    .addObjects(ObjectSweep.newBuilder().setPath("a").setUnknownFields(surplus))),
        "unknown");
    unreadable(
        command()
            .setDeleteChunks(DeleteChunks.newBuilder().addIds(ByteString.copyFromUtf8("short"))),
        "entry");
    unreadable(
        command().setForgetChunks(ForgetChunks.newBuilder().setGroup(1).setRemoval(0)), "removal");
    unreadable(
        command().setForgetChunks(ForgetChunks.newBuilder().setGroup(65).setRemoval(1)), "group");
  }

  private static CatalogCommand.Builder command() {
    return CatalogCommand.newBuilder().setRequestId("upkeep");
  }

  private static void unreadable(CatalogCommand.Builder command, String because) {
    CatalogEntry entry =
        CatalogEntry.newBuilder()
            .setVersion(1)
            .setRepliesKeptRevisions(1)
            .setRepliesKeptMs(1)
            .addCommands(command)
            .build();
    assertThatThrownBy(() -> CommandCodec.decode(ByteBuffer.wrap(entry.toByteArray())))
        .isInstanceOf(UnreadableEntry.class)
        .hasMessageContaining(because);
  }
}
