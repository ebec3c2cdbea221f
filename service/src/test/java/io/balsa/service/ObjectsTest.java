package io.balsa.service;

import static io.balsa.service.cluster.Refusals.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetObjectResponse;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.Durability;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Precondition;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.cluster.NodeCalls;
import io.grpc.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects through the SDK and through the nodes' own cutting, in chunks of 64 KiB. */
class ObjectsTest {
  private static final int CHUNK = 64 << 10;

  @TempDir private static Path folder;
  private static LocalCluster cluster;
  private static BalsaClient client;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(folder, 3, "chunks.chunk-bytes=" + CHUNK);
    client = BalsaClient.connect(cluster.clientOptions().withChunkBytes(CHUNK));
    client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
  }

  @AfterAll
  static void stop() {
    cluster.awaitSameState();
    assertThat(cluster.failures()).isEmpty();
    client.close();
    cluster.close();
  }

  private static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Result<Stored> put(String path, byte[] bytes, PutOptions options)
      throws IOException {
    return client.objects().put("demo", path, Source.of(bytes), options);
  }

  private static long put(String path, byte[] bytes) throws IOException {
    return put(path, bytes, PutOptions.DEFAULT).orElseThrow().receipt().revision();
  }

  private static byte[] get(String path, GetOptions options) throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    client.objects().get("demo", path, options, to).orElseThrow();
    return to.toByteArray();
  }

  private static GetOptions on(String node) {
    return GetOptions.DEFAULT.with(ReadOptions.DEFAULT.onNode(cluster.endpoint(node)));
  }

  private static Result<Read<ObjectStat>> stat(String path) {
    return client.objects().stat("demo", path, Snapshot.head(), ReadOptions.DEFAULT);
  }

  private static Refusal refusal(Result<?> result) {
    assertThat(result).isInstanceOf(Result.No.class);
    return ((Result.No<?>) result).refusal();
  }

  @Test
  void everySizeAroundAChunksComesBackFromEveryNode() throws IOException {
    for (int size : new int[] {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 5 * CHUNK + 7}) {
      byte[] bytes = bytes(size, size);
      Stored stored = put("size/" + size, bytes, PutOptions.DEFAULT).orElseThrow();
      assertThat(stored.size()).isEqualTo(size);
      assertThat(stored.receipt().digest()).contains(Sha256.of(bytes));
      byte[] others = bytes(size, size + 1);
      PutObjectHeader header =
          PutObjectHeader.newBuilder().setDataset("demo").setPath("cut/" + size).build();
      cluster.calls("n2").put(header, others);
      for (String node : cluster.nodes()) {
        assertThat(get("size/" + size, on(node))).isEqualTo(bytes);
        assertThat(get("cut/" + size, on(node))).isEqualTo(others);
      }
    }
  }

  @Test
  void aRangeIsWhatAWholeReadShowsThere() throws IOException {
    byte[] bytes = bytes(3 * CHUNK + 100, 1);
    put("range", bytes);
    Random random = new Random(2);
    for (int range = 0; range < 40; range++) {
      int from = random.nextInt(bytes.length);
      int length = 1 + random.nextInt(2 * CHUNK);
      assertThat(get("range", GetOptions.DEFAULT.withRange(from, length)))
          .as("%d bytes from %d", length, from)
          .isEqualTo(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length)));
    }
    assertThat(get("range", GetOptions.DEFAULT.withRange(CHUNK, CHUNK)))
        .isEqualTo(Arrays.copyOfRange(bytes, CHUNK, 2 * CHUNK));
    assertThat(get("range", GetOptions.DEFAULT.withRange(bytes.length, 0))).isEmpty();
    assertThat(get("range", GetOptions.DEFAULT.withRange(5, 0)))
        .isEqualTo(Arrays.copyOfRange(bytes, 5, bytes.length));
    Refusal beyond =
        refusal(
            client
                .objects()
                .get(
                    "demo",
                    "range",
                    GetOptions.DEFAULT.withRange(bytes.length + 1, 1),
                    new ByteArrayOutputStream()));
    assertThat(beyond.reason()).isEqualTo("RANGE");
    assertThat(beyond.metadata()).containsEntry("size", Integer.toString(bytes.length));
  }

  @Test
  void aPutHappensOnlyWhereItsPreconditionHolds() throws IOException {
    PutOptions ifAbsent = PutOptions.DEFAULT.withPrecondition(new Precondition.IfAbsent());
    byte[] first = bytes(10, 1);
    byte[] second = bytes(10, 2);
    long revision = put("put-if", first, ifAbsent).orElseThrow().receipt().revision();
    assertThat(refusal(put("put-if", second, ifAbsent)).reason()).isEqualTo("OBJECT_EXISTS");
    Refusal mismatch =
        refusal(
            put(
                "put-if",
                second,
                PutOptions.DEFAULT.withPrecondition(new Precondition.IfRevision(revision + 1))));
    assertThat(mismatch.reason()).isEqualTo("REVISION_MISMATCH");
    assertThat(mismatch.metadata()).containsEntry("current", Long.toString(revision));
    assertThat(
            refusal(
                    put(
                        "put-if",
                        second,
                        PutOptions.DEFAULT.withPrecondition(
                            new Precondition.IfDigest(Sha256.of(second)))))
                .reason())
        .isEqualTo("DIGEST_MISMATCH");
    assertThat(get("put-if", GetOptions.DEFAULT)).isEqualTo(first);
    PutOptions ifRevision =
        PutOptions.DEFAULT.withPrecondition(new Precondition.IfRevision(revision));
    put("put-if", second, ifRevision).orElseThrow();
    PutOptions ifDigest =
        PutOptions.DEFAULT.withPrecondition(new Precondition.IfDigest(Sha256.of(second)));
    put("put-if", first, ifDigest).orElseThrow();
    assertThat(get("put-if", GetOptions.DEFAULT)).isEqualTo(first);
  }

  @Test
  void aDeleteHappensOnlyWhereItsPreconditionHolds() throws IOException {
    byte[] bytes = bytes(10, 3);
    long revision = put("delete-if", bytes);
    assertThat(refusal(delete("delete-if", new Precondition.IfRevision(revision + 1))).reason())
        .isEqualTo("REVISION_MISMATCH");
    Precondition otherDigest = new Precondition.IfDigest(Sha256.of(new byte[1]));
    assertThat(refusal(delete("delete-if", otherDigest)).reason()).isEqualTo("DIGEST_MISMATCH");
    assertThat(refusal(delete("delete-if", new Precondition.IfAbsent())).reason())
        .isEqualTo("OBJECT_EXISTS");
    delete("delete-if", new Precondition.IfDigest(Sha256.of(bytes))).orElseThrow();
    assertThat(refusal(stat("delete-if")).reason()).isEqualTo("OBJECT_NOT_FOUND");
    assertThat(refusal(delete("delete-if", new Precondition.IfAbsent())).reason())
        .isEqualTo("OBJECT_NOT_FOUND");
    long again = put("delete-if", bytes);
    delete("delete-if", new Precondition.IfRevision(again)).orElseThrow();
  }

  private static Result<WriteReceipt> delete(String path, Precondition precondition) {
    return client
        .objects()
        .delete("demo", path, DeleteOptions.DEFAULT.withPrecondition(precondition));
  }

  @Test
  void whatIsDeletedAndPutAgainIsANewObjectAndOldRevisionsStay() throws IOException {
    byte[] old = bytes(2 * CHUNK, 4);
    byte[] young = bytes(CHUNK, 5);
    long first = put("again", old);
    long deleted =
        client.objects().delete("demo", "again", DeleteOptions.DEFAULT).orElseThrow().revision();
    long second = put("again", young);
    assertThat(first).isLessThan(deleted);
    assertThat(deleted).isLessThan(second);
    for (String node : cluster.nodes()) {
      assertThat(get("again", on(node))).isEqualTo(young);
      assertThat(get("again", on(node).at(Snapshot.atRevision(first)))).isEqualTo(old);
      Refusal gone =
          refusal(
              client
                  .objects()
                  .get(
                      "demo",
                      "again",
                      on(node).at(Snapshot.atRevision(deleted)),
                      new ByteArrayOutputStream()));
      assertThat(gone.reason()).isEqualTo("OBJECT_NOT_FOUND");
    }
  }

  @Test
  void metadataComesBackAndBytesThatDoNotHashAreRefused() throws IOException {
    PutOptions options = PutOptions.DEFAULT.withMetadata(Map.of("label", "täg", "n", "1"));
    put("meta", bytes(3, 6), options).orElseThrow();
    assertThat(stat("meta").orElseThrow().value().metadata())
        .isEqualTo(Map.of("label", "täg", "n", "1"));
    PutObjectHeader wrong =
        PutObjectHeader.newBuilder()
            .setDataset("demo")
            .setPath("wrong")
            .setExpectedDigest(ByteString.copyFrom(new byte[32]))
            .build();
    assertThat(refusalOf(() -> cluster.calls("n1").put(wrong, new byte[] {1})).getReason())
        .isEqualTo("CHECKSUM_MISMATCH");
    assertThat(refusal(stat("wrong")).reason()).isEqualTo("OBJECT_NOT_FOUND");
  }

  @Test
  void anOlderWriterIsFencedOffAndChangesNothing() throws IOException {
    client.datasets().create("fenced", WriteOptions.DEFAULT).orElseThrow();
    long older = client.datasets().fence("fenced", WriteOptions.DEFAULT).orElseThrow().epoch();
    put("fenced", "a", new byte[] {1}, older).orElseThrow();
    long newer = client.datasets().fence("fenced", WriteOptions.DEFAULT).orElseThrow().epoch();
    assertThat(newer).isGreaterThan(older);
    assertThat(refusal(put("fenced", "a", new byte[] {2}, older)).reason()).isEqualTo("FENCED");
    assertThat(
            refusal(client.objects().delete("fenced", "a", DeleteOptions.DEFAULT.withEpoch(older)))
                .reason())
        .isEqualTo("FENCED");
    put("fenced", "b", new byte[] {3}, newer).orElseThrow();
    assertThat(
            client
                .objects()
                .stat("fenced", "a", Snapshot.head(), ReadOptions.DEFAULT)
                .orElseThrow()
                .value()
                .digest())
        .isEqualTo(Sha256.of(new byte[] {1}));
  }

  private static Result<Stored> put(String dataset, String path, byte[] bytes, long epoch)
      throws IOException {
    return client
        .objects()
        .put(dataset, path, Source.of(bytes), PutOptions.DEFAULT.withEpoch(epoch));
  }

  @Test
  void whereAllNodesAreUpAReceiptProvesAllThatWasAsked() throws IOException {
    WriteOptions all = WriteOptions.DEFAULT.withDurability(Durability.ALL);
    WriteReceipt receipt =
        put("all", bytes(2 * CHUNK, 7), PutOptions.DEFAULT.with(all)).orElseThrow().receipt();
    assertThat(receipt.durability()).isEqualTo(Durability.ALL);
    assertThat(receipt.isAsDurableAsAsked()).isTrue();
    assertThat(put("all", bytes(1, 8), PutOptions.DEFAULT).orElseThrow().receipt().durability())
        .isEqualTo(Durability.MAJORITY);
  }

  @Test
  void theSameBytesAreSentOnceAndSharedByAllWhoNameThem() throws IOException {
    byte[] bytes = bytes(4 * CHUNK, 9);
    assertThat(put("share/1", bytes, PutOptions.DEFAULT).orElseThrow().bytesSent())
        .isEqualTo(bytes.length);
    // A node tells what it knows: one that is behind asks for the bytes again, which is no harm.
    cluster.awaitSameState();
    assertThat(put("share/2", bytes, PutOptions.DEFAULT).orElseThrow().bytesSent()).isZero();
    client.objects().delete("demo", "share/1", DeleteOptions.DEFAULT).orElseThrow();
    assertThat(get("share/2", GetOptions.DEFAULT)).isEqualTo(bytes);
  }

  @Test
  void aSessionNeverGoesBackWhereverItReads() throws IOException {
    for (int round = 0; round < 20; round++) {
      long revision = put("session", bytes(10, round));
      for (String node : cluster.nodes()) {
        ReadOptions session =
            ReadOptions.DEFAULT
                .withConsistency(Consistency.atLeast(revision))
                .onNode(cluster.endpoint(node));
        Read<ObjectStat> read =
            client.objects().stat("demo", "session", Snapshot.head(), session).orElseThrow();
        assertThat(read.value().revision()).isEqualTo(revision);
        assertThat(read.receipt().node()).isEqualTo(node);
      }
    }
  }

  @Test
  void downloadsThatAreGivenUpDisturbNobody() throws IOException {
    byte[] bytes = bytes(20 * CHUNK, 10);
    put("given-up", bytes);
    GetObjectRequest request =
        GetObjectRequest.newBuilder().setDataset("demo").setPath("given-up").build();
    for (int download = 0; download < 60; download++) {
      NodeCalls node = cluster.calls(cluster.nodes().get(download % 3));
      int messages = download % 5;
      Context.CancellableContext context = Context.current().withCancellation();
      context.run(
          () -> {
            Iterator<GetObjectResponse> answers = node.objects().getObject(request);
            for (int message = 0; message < messages; message++) {
              assertThat(answers.hasNext()).isTrue();
              assertThat(answers.next()).isNotNull();
            }
          });
      context.cancel(null);
      put("beside/" + download, bytes(CHUNK / 2, download));
    }
    for (String node : cluster.nodes()) {
      assertThat(get("given-up", on(node))).isEqualTo(bytes);
    }
    assertThat(cluster.failures()).isEmpty();
  }
}
