package io.balsa.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import io.balsa.proto.log.v1.CatalogCommand;
import io.balsa.proto.log.v1.CatalogEntry;
import io.balsa.proto.log.v1.Condition;
import io.balsa.proto.log.v1.CreateDataset;
import io.balsa.proto.log.v1.MetadataPair;
import io.balsa.proto.log.v1.PutObject;
import io.balsa.proto.log.v1.Scope;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CommandCodecTest {
  private static final String GOLDEN = "golden/catalog-entry-v1.hex";
  private static final DatasetName DATASET = new DatasetName("imagenet");
  private static final ObjectPath PATH = new ObjectPath("train/n01440764/ä.jpeg");
  private static final Sha256 ONE = sha256("one");
  private static final Sha256 TWO = sha256("two");
  private static final CommandBatch.Stamp STAMP =
      new CommandBatch.Stamp(1_700_000_000_000L, 1_000_000, 86_400_000);

  @Test
  void todaysEncoderWritesTheGoldenEntry() throws IOException {
    GoldenFile.check(GOLDEN, hex(CommandCodec.encode(everyKind())));
  }

  @Test
  void theGoldenEntryIsRead() throws IOException {
    byte[] golden = HexFormat.of().parseHex(GoldenFile.read(GOLDEN).replace("\n", ""));
    assertThat(CommandCodec.decode(ByteBuffer.wrap(golden))).isEqualTo(everyKind());
  }

  @Test
  void theGoldenEntriesHaveEveryKindOfCommand() {
    Set<Class<?>> kinds = new HashSet<>();
    everyKind().commands().forEach(envelope -> kinds.add(envelope.command().getClass()));
    UpkeepCodecTest.everyKind().forEach(envelope -> kinds.add(envelope.command().getClass()));
    Set<Class<?>> wanted = new HashSet<>(Set.of(Upkeep.class.getPermittedSubclasses()));
    wanted.addAll(List.of(Command.class.getPermittedSubclasses()));
    wanted.remove(Upkeep.class);
    assertThat(kinds).isEqualTo(wanted);
  }

  @Test
  void aBarrierIsShort() {
    CommandBatch barrier = new CommandBatch(STAMP, List.of());
    byte[] encoded = CommandCodec.encode(barrier);
    assertThat(encoded.length).isLessThan(24);
    assertThat(CommandCodec.decode(ByteBuffer.wrap(encoded))).isEqualTo(barrier);
  }

  @Test
  void aMarkIsGoldenAndReadBack() throws IOException {
    String golden = "golden/catalog-mark-v1.hex";
    DigestMark mark = new DigestMark(Optional.of(new DigestMark.Noted(300, ONE)));
    CommandBatch marked = new CommandBatch(STAMP, List.of(), Optional.of(mark));
    GoldenFile.check(golden, hex(CommandCodec.encode(marked)));
    byte[] bytes = HexFormat.of().parseHex(GoldenFile.read(golden).replace("\n", ""));
    assertThat(CommandCodec.decode(ByteBuffer.wrap(bytes))).isEqualTo(marked);
    CommandBatch first = new CommandBatch(STAMP, List.of(), Optional.of(DigestMark.FIRST));
    assertThat(CommandCodec.decode(ByteBuffer.wrap(CommandCodec.encode(first)))).isEqualTo(first);
  }

  @Test
  void decodingLeavesTheBufferWhereItWas() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(1_000).putInt(7);
    bytes.put(CommandCodec.encode(new CommandBatch(STAMP, List.of()))).flip().position(4);
    CommandCodec.decode(bytes.asReadOnlyBuffer());
    assertThat(CommandCodec.decode(bytes).commands()).isEmpty();
    assertThat(bytes.position()).isEqualTo(4);
  }

  @Test
  void anotherVersionIsUnreadable() {
    unreadable(entry().setVersion(2).build(), "version 2");
    unreadable(entry().setVersion(0).build(), "version 0");
  }

  @Test
  void aCommandOfNoKindIsUnreadable() {
    unreadable(entry().addCommands(command()).build(), "no kind");
  }

  @Test
  void unknownFieldsAreUnreadableAtEveryDepth() {
    CreateDataset create = CreateDataset.newBuilder().setDataset("a").build();
    unreadable(entry().setUnknownFields(surplus()).build(), "CatalogEntry has the unknown");
    unreadable(
        entry().addCommands(command().setCreateDataset(create).setUnknownFields(surplus())).build(),
        "CatalogCommand has the unknown");
    unreadable(
        entry()
            .addCommands(command().setCreateDataset(create.toBuilder().setUnknownFields(surplus())))
            .build(),
        "CreateDataset has the unknown");
    unreadable(
        put(put().setScope(Scope.newBuilder().setUnknownFields(surplus()))),
        "Scope has the unknown");
    unreadable(
        put(
            put()
                .setCondition(
                    Condition.newBuilder().setIfAbsent(true).setUnknownFields(surplus()))),
        "Condition has the unknown");
    unreadable(
        put(put().addMetadata(MetadataPair.newBuilder().setKey("k").setUnknownFields(surplus()))),
        "MetadataPair has the unknown");
  }

  @Test
  void valuesThatNoLeaderProposesAreUnreadable() {
    unreadable(put(put().setPath("a//b")), "path");
    unreadable(put(put().setSize(1)), "size");
    unreadable(put(put().setDigest(ByteString.copyFromUtf8("short"))), "32 bytes");
    unreadable(put(put().setCondition(Condition.getDefaultInstance())), "condition of no kind");
    unreadable(put(put().setCondition(Condition.newBuilder().setIfAbsent(false))), "if_absent");
    MetadataPair pair = MetadataPair.newBuilder().setKey("k").build();
    unreadable(put(put().addMetadata(pair).addMetadata(pair)), "not in order");
    unreadable(entry().setRepliesKeptMs(0).build(), "replies-kept-ms");
  }

  @Test
  void anyCutOfAnEntryIsUnreadableOrShorter() {
    CommandBatch whole = everyKind();
    byte[] encoded = CommandCodec.encode(whole);
    for (int length = 0; length < encoded.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(encoded, 0, length);
      try {
        // A message has no end mark; what guards against a cut is the log's own checksum.
        List<Envelope> read = CommandCodec.decode(cut).commands();
        assertThat(read).isEqualTo(whole.commands().subList(0, read.size()));
      } catch (UnreadableEntry expected) {
        assertThat(expected).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void anEntryBeyondTheLimitIsRefused() {
    String message = "m".repeat(4_096);
    List<Envelope> commands = new ArrayList<>();
    for (int i = 0; i < 2_100; i++) {
      commands.add(
          envelope(
              i,
              new Command.CreateVersion(DATASET, new VersionName("v" + i), 0, message, List.of())));
    }
    assertThatThrownBy(() -> CommandCodec.encode(new CommandBatch(STAMP, commands)))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("entry bytes");
  }

  @Test
  void aCommandTakesNoMoreThanWasSaid() {
    for (Envelope envelope : everyKind().commands()) {
      int empty = CommandCodec.encode(new CommandBatch(STAMP, List.of())).length;
      int with = CommandCodec.encode(new CommandBatch(STAMP, List.of(envelope))).length;
      assertThat(with - empty).isBetween(1, CommandCodec.encodedBytes(envelope));
    }
  }

  @Test
  void fingerprintsTellCommandsApartAndIgnoreRequestIds() {
    List<Long> fingerprints =
        everyKind().commands().stream().map(e -> CommandCodec.fingerprint(e.command())).toList();
    assertThat(fingerprints).doesNotHaveDuplicates();
    byte[] create =
        CatalogCommand.newBuilder()
            .setCreateDataset(CreateDataset.newBuilder().setDataset("imagenet"))
            .build()
            .toByteArray();
    assertThat(CommandCodec.fingerprint(new Command.CreateDataset(DATASET)))
        .isEqualTo(Sha256.of(ByteBuffer.wrap(create)).a());
  }

  @Test
  void aReplyIsReadAsItWasWritten() {
    BatchReply reply =
        new BatchReply(
            new LogPosition(3, 17),
            List.of(
                new Decision.Accepted(5, 2),
                Decision.Rejected.of(Reason.FENCED, Map.of("given", "1", "current", "2")),
                Decision.Rejected.of(Reason.DATASET_EXISTS, Map.of())));
    byte[] encoded = ReplyCodec.encode(reply);
    assertThat(ReplyCodec.decode(ByteBuffer.wrap(encoded))).isEqualTo(reply);
  }

  @Test
  void aReplyWithAnUnknownReasonIsUnreadable() {
    byte[] encoded = {0x1A, 2, 8, 99};
    assertThatThrownBy(() -> ReplyCodec.decode(ByteBuffer.wrap(encoded)))
        .isInstanceOf(UnreadableEntry.class)
        .hasMessageContaining("99");
  }

  private static CommandBatch everyKind() {
    ObjectContent content =
        new ObjectContent(
            6,
            sha256("onetwo"),
            new Metadata(new TreeMap<>(Map.of("label", "tench", "source", "web"))),
            List.of(new ChunkRef(new ChunkId(ONE), 3, 1), new ChunkRef(new ChunkId(TWO), 3, 2)));
    ObjectContent empty = new ObjectContent(0, Sha256.OF_NOTHING, Metadata.NONE, List.of());
    WriteScope staged = new WriteScope(4, OptionalLong.of(0));
    List<Command> commands =
        List.of(
            new Command.CreateDataset(DATASET),
            new Command.DeleteDataset(DATASET, true),
            new Command.DeleteDataset(DATASET, false),
            new Command.FenceDataset(DATASET),
            new Command.BeginTransaction(DATASET, OptionalLong.empty()),
            new Command.BeginTransaction(DATASET, OptionalLong.of(0)),
            new Command.PutObject(
                DATASET, PATH, WriteScope.DIRECT, Precondition.NONE, empty, OptionalLong.empty()),
            new Command.PutObject(
                DATASET, PATH, staged, new Precondition.IfAbsent(), content, OptionalLong.empty()),
            new Command.DeleteObject(
                DATASET, PATH, WriteScope.DIRECT, new Precondition.IfRevision(9)),
            new Command.DeleteObject(DATASET, PATH, staged, new Precondition.IfDigest(TWO)),
            new Command.PublishTransaction(DATASET, 4),
            new Command.AbortTransaction(DATASET, 4),
            new Command.CreateVersion(
                DATASET, new VersionName("v2"), 7, "cleaned", List.of(new VersionName("v1"))),
            new Command.SealVersion(1, new VersionName("v2"), 0, new VersionSummary(ONE, 1, 6)));
    List<Envelope> envelopes = new ArrayList<>();
    commands.forEach(command -> envelopes.add(envelope(envelopes.size(), command)));
    return new CommandBatch(STAMP, envelopes);
  }

  private static Envelope envelope(int number, Command command) {
    return new Envelope(new RequestId("job-7:" + number), command);
  }

  private static CatalogEntry.Builder entry() {
    return CatalogEntry.newBuilder().setVersion(1).setRepliesKeptRevisions(1).setRepliesKeptMs(1);
  }

  private static CatalogCommand.Builder command() {
    return CatalogCommand.newBuilder().setRequestId("r");
  }

  private static PutObject.Builder put() {
    return PutObject.newBuilder()
        .setDataset("a")
        .setPath("b")
        .setDigest(ByteString.copyFrom(Sha256.OF_NOTHING.toBytes()));
  }

  private static CatalogEntry put(PutObject.Builder put) {
    return entry().addCommands(command().setPutObject(put)).build();
  }

  private static UnknownFieldSet surplus() {
    return UnknownFieldSet.newBuilder()
        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
        .build();
  }

  private static void unreadable(CatalogEntry entry, String because) {
    assertThatThrownBy(() -> CommandCodec.decode(ByteBuffer.wrap(entry.toByteArray())))
        .isInstanceOf(UnreadableEntry.class)
        .hasMessageContaining(because);
  }

  private static Sha256 sha256(String text) {
    return Sha256.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  static String hex(byte[] bytes) {
    String digits = HexFormat.of().formatHex(bytes);
    return Stream.iterate(0, at -> at < digits.length(), at -> at + 64)
        .map(at -> digits.substring(at, Math.min(at + 64, digits.length())))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
