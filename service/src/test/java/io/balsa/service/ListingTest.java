package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.catalog.DatasetDigest;
import io.balsa.client.BalsaClient;
import io.balsa.client.Transaction;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.Listing;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.ObjectPath;
import io.balsa.model.Sha256;
import io.balsa.service.cluster.LocalCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listings, transactions and versions, while others write. */
class ListingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private static Path folder;
  private static LocalCluster cluster;
  private static BalsaClient client;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(folder, 3);
    client = cluster.client();
  }

  @AfterAll
  static void stop() {
    cluster.awaitSameState();
    assertThat(cluster.failures()).isEmpty();
    client.close();
    cluster.close();
  }

  private static void create(String dataset) {
    client.datasets().create(dataset, WriteOptions.DEFAULT).orElseThrow();
  }

  private static long put(String dataset, String path, String text) throws IOException {
    return client
        .objects()
        .put(dataset, path, source(text), PutOptions.DEFAULT)
        .orElseThrow()
        .receipt()
        .revision();
  }

  private static Source source(String text) {
    return Source.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> paths(String dataset, ListOptions options) {
    try (Stream<ListEntry> entries = client.objects().list(dataset, options)) {
      return entries.map(ListEntry::path).toList();
    }
  }

  private static List<ObjectStat> objects(String dataset, ListOptions options) {
    try (Stream<ListEntry> entries = client.objects().list(dataset, options)) {
      return entries.map(entry -> ((ListEntry.Found) entry).object()).toList();
    }
  }

  @Test
  void aListingFoldsCutsAndOrdersByBytes() throws IOException {
    create("names");
    List<String> all =
        List.of(
            "a", "a-b", "a/1", "a/2/x", "a/2/y", "a/é", "a0", "b/1", "b/2", "z", "\uD83D\uDE00");
    for (String path : all.reversed()) {
      put("names", path, path);
    }
    for (int pageSize : new int[] {1, 2, 3, 1_000}) {
      ListOptions pages = ListOptions.DEFAULT.withPageSize(pageSize);
      assertThat(paths("names", pages)).containsExactlyElementsOf(all);
      assertThat(paths("names", pages.withFolded(true)))
          .containsExactly("a", "a-b", "a/", "a0", "b/", "z", "\uD83D\uDE00");
      assertThat(paths("names", pages.withPrefix("a/").withFolded(true)))
          .containsExactly("a/1", "a/2/", "a/é");
      assertThat(paths("names", pages.withPrefix("a/2"))).containsExactly("a/2/x", "a/2/y");
      assertThat(paths("names", pages.withPrefix("nothing"))).isEmpty();
    }
  }

  @Test
  void aListingInPagesIsOneMomentWhateverIsWrittenMeanwhile() throws Exception {
    create("busy");
    for (int number = 0; number < 30; number++) {
      put("busy", "base/" + number, "0");
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    writeOn("busy", stop);
                  } catch (IOException | RuntimeException e) {
                    failure.set(e);
                  }
                });
    try {
      for (int round = 0; round < 10; round++) {
        pagesShowOneMoment("busy");
      }
    } finally {
      stop.set(true);
      writer.join();
    }
    assertThat(failure).hasNullValue();
  }

  /** Reads page by page, then the same revision as a whole. */
  private static void pagesShowOneMoment(String dataset) {
    ListOptions pages = ListOptions.DEFAULT.withPageSize(7);
    List<ListEntry> seen = new ArrayList<>();
    Optional<String> token = Optional.of("");
    long revision = 0;
    for (int page = 0; token.isPresent(); page++) {
      // Each page from another node: a listing does not belong to one.
      ReadOptions there =
          ReadOptions.DEFAULT.onNode(cluster.endpoint(cluster.nodes().get(page % 3)));
      Listing listing =
          client.objects().page(dataset, token.get(), pages.with(there)).orElseThrow().value();
      revision = page == 0 ? listing.revision() : revision;
      assertThat(listing.revision()).isEqualTo(revision);
      seen.addAll(listing.page().items());
      token = listing.page().next();
    }
    List<ObjectStat> whole =
        objects(dataset, ListOptions.DEFAULT.at(Snapshot.atRevision(revision)));
    assertThat(seen.stream().map(entry -> ((ListEntry.Found) entry).object()))
        .containsExactlyElementsOf(whole);
  }

  private static void writeOn(String dataset, AtomicBoolean stop) throws IOException {
    Random random = new Random(3);
    for (int write = 0; !stop.get(); write++) {
      String path = "base/" + random.nextInt(60);
      if (random.nextInt(3) == 0) {
        Result<?> _ = client.objects().delete(dataset, path, DeleteOptions.DEFAULT);
      } else {
        put(dataset, path, "write " + write);
      }
    }
  }

  private static List<ReadOptions> everyLevelOnEveryNode() {
    List<ReadOptions> reads = new ArrayList<>();
    for (String node : cluster.nodes()) {
      ReadOptions here = ReadOptions.DEFAULT.onNode(cluster.endpoint(node));
      for (Consistency level :
          List.of(
              Consistency.linearizable(),
              Consistency.bounded(Duration.ZERO),
              Consistency.bounded(Duration.ofHours(1)),
              Consistency.atLeast(1),
              Consistency.eventual())) {
        reads.add(here.withConsistency(level));
      }
    }
    return reads;
  }

  @Test
  void whatIsStagedIsInvisibleEverywhereAndThenVisibleAtOneRevision() throws IOException {
    create("staged");
    put("staged", "old", "old");
    put("staged", "kept", "kept");
    cluster.awaitSameState();
    long published;
    try (Transaction transaction = client.begin("staged", BeginOptions.DEFAULT).orElseThrow()) {
      for (int number = 0; number < 20; number++) {
        transaction.put("new/" + number, source("new"), PutOptions.DEFAULT).orElseThrow();
      }
      transaction.put("kept", source("changed"), PutOptions.DEFAULT).orElseThrow();
      transaction.delete("old", DeleteOptions.DEFAULT).orElseThrow();
      for (ReadOptions read : everyLevelOnEveryNode()) {
        assertThat(paths("staged", ListOptions.DEFAULT.with(read)))
            .isSubsetOf("kept", "old")
            .doesNotHaveDuplicates();
      }
      cluster.awaitSameState();
      for (ReadOptions read : everyLevelOnEveryNode()) {
        assertThat(paths("staged", ListOptions.DEFAULT.with(read))).containsExactly("kept", "old");
      }
      published = transaction.publish(WriteOptions.DEFAULT).orElseThrow().revision();
    }
    for (String node : cluster.nodes()) {
      ReadOptions here = ReadOptions.DEFAULT.onNode(cluster.endpoint(node));
      List<ObjectStat> seen = objects("staged", ListOptions.DEFAULT.with(here));
      assertThat(seen).hasSize(21).allMatch(object -> object.revision() == published);
      assertThat(
              paths(
                  "staged", ListOptions.DEFAULT.with(here).at(Snapshot.atRevision(published - 1))))
          .containsExactly("kept", "old");
    }
  }

  @Test
  void aPublishIsSeenWholeOrNotAtAllWhileItHappens() throws Exception {
    create("whole");
    cluster.awaitSameState();
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> readers = new ArrayList<>();
    AtomicReference<Throwable> torn = new AtomicReference<>();
    for (ReadOptions read : everyLevelOnEveryNode()) {
      readers.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((_, problem) -> torn.set(problem))
              .start(
                  () -> {
                    while (!stop.get()) {
                      int seen = paths("whole", ListOptions.DEFAULT.with(read)).size();
                      assertThat(seen % 10).as("%d objects at %s", seen, read).isZero();
                    }
                  }));
    }
    for (int round = 0; round < 8; round++) {
      try (Transaction transaction = client.begin("whole", BeginOptions.DEFAULT).orElseThrow()) {
        for (int number = 0; number < 10; number++) {
          transaction.put(round + "/" + number, source("x"), PutOptions.DEFAULT).orElseThrow();
        }
        transaction.publish(WriteOptions.DEFAULT).orElseThrow();
      }
    }
    stop.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(torn).hasNullValue();
    assertThat(paths("whole", ListOptions.DEFAULT)).hasSize(80);
  }

  @Test
  void anAbortLeavesNothingAndAClosedTransactionTakesNothing() throws IOException {
    create("aborted");
    put("aborted", "a", "before");
    Transaction transaction = client.begin("aborted", BeginOptions.DEFAULT).orElseThrow();
    transaction.put("a", source("staged"), PutOptions.DEFAULT).orElseThrow();
    transaction.put("b", source("staged"), PutOptions.DEFAULT).orElseThrow();
    transaction.abort().orElseThrow();
    assertThat(text("aborted", "a", Snapshot.head())).isEqualTo("before");
    assertThat(paths("aborted", ListOptions.DEFAULT)).containsExactly("a");
    assertThat(transaction.put("c", source("late"), PutOptions.DEFAULT))
        .matches(result -> ((Result.No<?>) result).refusal().is("TRANSACTION_CLOSED"));
    assertThat(transaction.publish(WriteOptions.DEFAULT))
        .matches(result -> ((Result.No<?>) result).refusal().is("TRANSACTION_CLOSED"));
    transaction.close();
  }

  @Test
  void directPutsAndTransactionsOnOnePathResolveByWhenTheyBecameVisible() throws IOException {
    create("mixed");
    Transaction first = client.begin("mixed", BeginOptions.DEFAULT).orElseThrow();
    Transaction second = client.begin("mixed", BeginOptions.DEFAULT).orElseThrow();
    first.put("a", source("first"), PutOptions.DEFAULT).orElseThrow();
    long direct = put("mixed", "a", "direct");
    second.put("a", source("second"), PutOptions.DEFAULT).orElseThrow();
    assertThat(text("mixed", "a", Snapshot.head())).isEqualTo("direct");
    long secondAt = second.publish(WriteOptions.DEFAULT).orElseThrow().revision();
    assertThat(text("mixed", "a", Snapshot.head())).isEqualTo("second");
    long again = put("mixed", "a", "direct again");
    long firstAt = first.publish(WriteOptions.DEFAULT).orElseThrow().revision();
    assertThat(text("mixed", "a", Snapshot.head())).isEqualTo("first");
    assertThat(text("mixed", "a", Snapshot.atRevision(direct))).isEqualTo("direct");
    assertThat(text("mixed", "a", Snapshot.atRevision(secondAt))).isEqualTo("second");
    assertThat(text("mixed", "a", Snapshot.atRevision(again))).isEqualTo("direct again");
    assertThat(text("mixed", "a", Snapshot.atRevision(firstAt))).isEqualTo("first");
    assertThat(objects("mixed", ListOptions.DEFAULT))
        .singleElement()
        .matches(object -> object.revision() == firstAt);
  }

  private static String text(String dataset, String path, Snapshot snapshot) throws IOException {
    return text(dataset, path, GetOptions.DEFAULT.at(snapshot));
  }

  private static String text(String dataset, String path, GetOptions options) throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    client.objects().get(dataset, path, options, to).orElseThrow();
    return to.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aVersionShowsTheSameBytesForEverAndItsDigestIsWhatAnybodyComputes() throws IOException {
    create("pinned");
    for (int number = 0; number < 12; number++) {
      put("pinned", "file/" + number, "first " + number);
    }
    client.versions().create(NewVersion.ofHead("pinned", "v1"), WriteOptions.DEFAULT).orElseThrow();
    for (int number = 0; number < 12; number++) {
      if (number % 2 == 0) {
        put("pinned", "file/" + number, "second " + number);
      } else {
        client.objects().delete("pinned", "file/" + number, DeleteOptions.DEFAULT).orElseThrow();
      }
    }
    client.versions().create(NewVersion.ofHead("pinned", "v2"), WriteOptions.DEFAULT).orElseThrow();
    put("pinned", "later", "later");
    for (String node : cluster.nodes()) {
      ReadOptions here = ReadOptions.DEFAULT.onNode(cluster.endpoint(node));
      for (int number = 0; number < 12; number++) {
        GetOptions pinned = GetOptions.DEFAULT.at(Snapshot.atVersion("v1")).with(here);
        assertThat(text("pinned", "file/" + number, pinned)).isEqualTo("first " + number);
      }
      assertThat(sealed("v1", here)).isEqualTo(recomputed("v1", here));
      assertThat(sealed("v2", here)).isEqualTo(recomputed("v2", here));
      assertThat(sealed("v1", here)).isNotEqualTo(sealed("v2", here));
    }
  }

  /** Waits until the version's digest is known on a node. */
  private static VersionEntry.Seal sealed(String version, ReadOptions here) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> client.versions().get("pinned", version, here).orElseThrow().value().seal(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static VersionEntry.Seal recomputed(String version, ReadOptions here) {
    DatasetDigest digest = new DatasetDigest();
    long bytes = 0;
    List<ObjectStat> listed =
        objects(
            "pinned",
            ListOptions.DEFAULT.at(Snapshot.atVersion(version)).with(here).withPageSize(5));
    for (ObjectStat object : listed) {
      digest.add(
          new ObjectPath(object.path()), Sha256.read(ByteBuffer.wrap(object.digest().toBytes())));
      bytes += object.size();
    }
    return new VersionEntry.Seal(
        io.balsa.client.model.Sha256.fromBytes(digest.digest().toBytes()), listed.size(), bytes);
  }
}
