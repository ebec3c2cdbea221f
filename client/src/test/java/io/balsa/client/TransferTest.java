package io.balsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Puts and gets of objects, against nodes in memory with chunks of 64 KiB. */
class TransferTest {
  private static final int CHUNK = 64 << 10;
  private static final long SEED = 4711;

  private final FakeCluster cluster;

  TransferTest() throws IOException {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  private static Result<Stored> put(BalsaClient client, byte[] bytes) throws IOException {
    return client.objects().put("d", "o", Source.of(bytes), PutOptions.DEFAULT);
  }

  private static byte[] get(BalsaClient client, GetOptions options) throws IOException {
    var to = new ByteArrayOutputStream();
    client.objects().get("d", "o", options, to).orElseThrow();
    return to.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 40 * CHUNK + 77})
  void whatIsPutIsGot(int size) throws IOException {
    BalsaClient client = cluster.client();
    byte[] bytes = bytes(size);

    Stored stored = put(client, bytes).orElseThrow();

    assertThat(stored.size()).isEqualTo(size);
    assertThat(stored.bytesSent()).isEqualTo(size);
    assertThat(stored.digest()).isEqualTo(Sha256.of(bytes));
    assertThat(get(client, GetOptions.DEFAULT)).isEqualTo(bytes);
    assertThat(
            client.objects().layout("d", "o", Snapshot.head(), ReadOptions.DEFAULT).orElseThrow())
        .extracting(read -> read.value().chunks().size())
        .isEqualTo((size + CHUNK - 1) / CHUNK);
  }

  @Test
  void aStreamOfUnknownLengthIsPutInOnePass() throws IOException {
    BalsaClient client = cluster.client();
    byte[] bytes = bytes(5 * CHUNK + 3);
    Source source = Source.once(new ByteArrayInputStream(bytes));

    client.objects().put("d", "o", source, PutOptions.DEFAULT).orElseThrow();

    assertThat(get(client, GetOptions.DEFAULT)).isEqualTo(bytes);
    assertThatThrownBy(source::open).isInstanceOf(IOException.class);
  }

  @Test
  void aSourceThatIsLongerOrShorterThanItSaidIsPutAsItIs() throws IOException {
    BalsaClient client = cluster.client();
    byte[] bytes = bytes(3 * CHUNK + 9);
    for (long said : new long[] {0, 5, CHUNK, 3 * CHUNK, 9L * CHUNK}) {
      Source source =
          Source.reopening(OptionalLong.of(said), () -> new ByteArrayInputStream(bytes));

      client.objects().put("d", "o", source, PutOptions.DEFAULT).orElseThrow();

      assertThat(get(client, GetOptions.DEFAULT)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLargeObjectIsPutWithBoundedMemory(boolean tellsSize) throws IOException {
    cluster.state.forgetful = true;
    AtomicLong heldMax = new AtomicLong();
    GeneratedSource[] source = new GeneratedSource[1];
    source[0] =
        new GeneratedSource(
            200L << 20,
            tellsSize,
            SEED,
            () -> {
              long held = source[0].read.get() - cluster.state.chunkBytesStored.get();
              heldMax.accumulateAndGet(held, Math::max);
            });

    Stored stored =
        cluster.client().objects().put("d", "o", source[0], PutOptions.DEFAULT).orElseThrow();

    assertThat(stored.size()).isEqualTo(200L << 20);
    // 8 transfers of 64 KiB, and the byte that is read ahead.
    assertThat(heldMax.get()).isPositive().isLessThanOrEqualTo(8L * CHUNK + 1);
  }

  @Test
  void whatTheClusterHasIsNotSentAgain() throws IOException {
    BalsaClient client = cluster.client();
    put(client, bytes(10 * CHUNK)).orElseThrow();

    Stored again = put(client, bytes(11 * CHUNK)).orElseThrow();

    assertThat(again.bytesSent()).isEqualTo(CHUNK);
  }

  @Test
  void chunksThatWereCollectedMeanwhileAreSentAgain() throws IOException {
    cluster.state.failCommitsWithMissingChunk = 1;
    BalsaClient client = cluster.client();
    byte[] bytes = bytes(3 * CHUNK);

    put(client, bytes).orElseThrow();

    assertThat(get(client, GetOptions.DEFAULT)).isEqualTo(bytes);
    assertThat(cluster.state.requestIds()).doesNotHaveDuplicates();
  }

  @Test
  void aPutWhoseChunksFindNoHomeCertainlyDidNotHappen() throws IOException {
    cluster.nodes.forEach(
        node ->
            node.script(
                method ->
                    method.equals("PutChunks")
                        ? new FakeNode.Turn.Fail(
                            Errors.of(Status.Code.FAILED_PRECONDITION, "CHECKSUM_MISMATCH"))
                        : new FakeNode.Turn.Answer()));

    assertThat(put(cluster.client(), bytes(20 * CHUNK))).isInstanceOf(Result.No.class);
    assertThat(cluster.state.objects).isEmpty();
  }

  @Test
  void chunksAreNotSentTwiceOnlyBecauseTheirLeaderIsSlow() throws IOException {
    FakeNode slow = cluster.node(2);
    cluster.leader = slow;
    cluster.nodes.forEach(
        node ->
            node.script(
                method ->
                    !method.equals("PutChunks")
                        ? new FakeNode.Turn.Answer()
                        : node == slow
                            ? new FakeNode.Turn.Hang()
                            : new FakeNode.Turn.Fail(Errors.noLeader(slow.endpoint.toString()))));
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofMillis(500)));

    assertThat(put(client, bytes(100))).isInstanceOf(Result.No.class);

    assertThat(slow.calls("PutChunks")).isLessThanOrEqualTo(1);
    assertThat(cluster.node(0).calls("PutChunks") + cluster.node(1).calls("PutChunks"))
        .isLessThanOrEqualTo(1);
  }

  @Test
  void aSourceThatFailsLeavesNothingBehindAndFreesItsMemory() throws IOException {
    BalsaClient client = cluster.client();
    Source broken =
        Source.reopening(
            OptionalLong.empty(),
            () ->
                new SequenceInputStream(
                    new ByteArrayInputStream(bytes(6 * CHUNK)),
                    new InputStream() {
                      @Override
                      public int read() throws IOException {
                        throw new IOException("unplugged");
                      }

                      @Override
                      public int read(byte[] to, int from, int length) throws IOException {
                        throw new IOException("unplugged");
                      }
                    }));

    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> client.objects().put("d", "o", broken, PutOptions.DEFAULT))
          .hasMessageContaining("unplugged");
    }

    assertThat(cluster.state.objects).isEmpty();
    put(client, bytes(40 * CHUNK)).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 2 * CHUNK, 30 * CHUNK + 5})
  void wrongBytesAreFetchedFromAnotherNode(int size) throws IOException {
    BalsaClient client = cluster.client();
    byte[] bytes = bytes(size);
    put(client, bytes).orElseThrow();
    cluster.node(0).rotten = true;
    cluster.node(2).rotten = true;

    assertThat(get(client, GetOptions.DEFAULT)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 30 * CHUNK + 5})
  void whereEveryNodeHasWrongBytesNoneIsWritten(int size) throws IOException {
    BalsaClient client = cluster.client();
    put(client, bytes(size)).orElseThrow();
    cluster.nodes.forEach(node -> node.rotten = true);
    var to = new ByteArrayOutputStream();

    Result<Read<ObjectStat>> result = client.objects().get("d", "o", GetOptions.DEFAULT, to);

    assertThat(result)
        .isInstanceOfSatisfying(
            Result.No.class,
            no -> assertThat(no.refusal().code()).isEqualTo(RefusalCode.DATA_LOSS));
    assertThat(to.size()).isZero();
  }

  @Test
  void rangesAreCutFromSmallAndLargeObjects() throws IOException {
    BalsaClient client = cluster.client();
    byte[] bytes = bytes(20 * CHUNK + 100);
    put(client, bytes).orElseThrow();

    long[][] ranges = {
      {0, 1}, {5, 1000}, {CHUNK - 1, 2}, {3, 9L * CHUNK}, {CHUNK, 0}, {17, Long.MAX_VALUE}
    };
    for (long[] range : ranges) {
      long end = range[1] == 0 ? bytes.length : Math.min(bytes.length, range[0] + range[1]);
      end = end < 0 ? bytes.length : end;
      assertThat(get(client, GetOptions.DEFAULT.withRange(range[0], range[1])))
          .isEqualTo(Arrays.copyOfRange(bytes, (int) range[0], (int) end));
    }
  }

  @Test
  void aPinnedGetReadsFromItsNodeOnly() throws IOException {
    BalsaClient client = cluster.client();
    byte[] bytes = bytes(30 * CHUNK);
    put(client, bytes).orElseThrow();
    cluster.nodes.forEach(node -> node.calls.clear());

    ReadOptions pinned = ReadOptions.DEFAULT.onNode(cluster.node(1).endpoint);
    assertThat(get(client, GetOptions.DEFAULT.with(pinned))).isEqualTo(bytes);

    assertThat(cluster.node(1).calls("GetChunks")).isEqualTo(28);
    assertThat(cluster.node(0).calls("GetChunks") + cluster.node(2).calls("GetChunks")).isZero();
  }

  @Test
  void aMissingObjectIsNotFound() throws IOException {
    var to = new ByteArrayOutputStream();

    assertThat(cluster.client().objects().get("d", "nothing", GetOptions.DEFAULT, to))
        .isInstanceOfSatisfying(
            Result.No.class, no -> assertThat(no.refusal().is("OBJECT_NOT_FOUND")).isTrue());
  }

  @Test
  void aPutKeepsTheCallersRequestIdAndMetadata() throws IOException {
    BalsaClient client = cluster.client();
    PutOptions options =
        PutOptions.DEFAULT
            .withMetadata(Map.of("epoch", "7"))
            .with(WriteOptions.DEFAULT.withRequestId("mine"));

    client.objects().put("d", "o", Source.of(bytes(3)), options).orElseThrow();

    assertThat(cluster.state.requestIds()).containsExactly("mine");
    assertThat(
            client
                .objects()
                .stat("d", "o", Snapshot.head(), ReadOptions.DEFAULT)
                .orElseThrow()
                .value()
                .metadata())
        .containsEntry("epoch", "7");
  }
}
