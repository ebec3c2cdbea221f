package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.catalog.ClosableView;
import io.balsa.catalog.DatasetDigest;
import io.balsa.catalog.VersionRow;
import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.ObjectContent;
import io.balsa.command.VersionSummary;
import io.balsa.command.WriteScope;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import io.balsa.service.consensus.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionSealerTest {
  private static final DatasetName DATASET = new DatasetName("demo");
  private static final Sha256 DIGEST = new Sha256(1, 2, 3, 4);

  private final Queue<String> halts = new ConcurrentLinkedQueue<>();
  private final VersionSealer sealer =
      new VersionSealer((what, cause) -> halts.add(what + ": " + cause));

  @TempDir private Path folder;
  private StoredCatalog catalog;
  private int requests;

  @BeforeEach
  void open() throws IOException {
    catalog = new StoredCatalog(folder, sealer::versionWritten);
    run(new Command.CreateDataset(DATASET));
    put("b", 10);
    put("a", 5);
  }

  @AfterEach
  void close() throws IOException {
    sealer.close();
    catalog.close();
  }

  @Test
  void aVersionIsSealedWithWhatItShows() {
    sealer.start(catalog);
    createVersion("v1");
    put("c", 7);
    awaitSummary("v1", summary(15, "a", "b"));
    createVersion("v2");
    awaitSummary("v2", summary(22, "c", "b", "a"));
    assertThat(halts).isEmpty();
  }

  @Test
  void aVersionThatWasPendingBeforeTheStartIsSealed() throws IOException {
    createVersion("v1");
    try (VersionSealer restarted =
        new VersionSealer((what, cause) -> halts.add(what + ": " + cause))) {
      restarted.start(catalog);
      awaitSummary("v1", summary(15, "a", "b"));
    }
    assertThat(halts).isEmpty();
  }

  @Test
  void whoDoesNotLeadAgreesWithTheRightDigestAndStopsAtAWrongOne() {
    catalog.leads = false;
    sealer.start(catalog);
    createVersion("right");
    createVersion("wrong");
    seal("right", summary(15, "a", "b"));
    seal("wrong", summary(15, "a"));
    await().atMost(Duration.ofSeconds(30)).until(() -> !halts.isEmpty());
    assertThat(halts)
        .singleElement()
        .asString()
        .contains("a sealed digest is what this node finds", "wrong");
  }

  @Test
  void aVersionWhoseNameIsUsedAgainIsSealedWithWhatItShowsNow() {
    createVersion("v1");
    catalog.leads = false;
    sealer.start(catalog);
    run(new Command.DeleteVersion(DATASET, new VersionName("v1")));
    put("c", 7);
    createVersion("v1");
    catalog.leads = true;
    awaitSummary("v1", summary(22, "c", "b", "a"));
    assertThat(halts).isEmpty();
  }

  @Test
  void aVersionOfADeletedDatasetIsLeftAlone() {
    catalog.leads = false;
    createVersion("v1");
    long dataset = row("v1").datasetId();
    run(new Command.DeleteDataset(DATASET, true));
    run(
        new Command.SealVersion(
            dataset, new VersionName("v1"), 0, summary(1, "what nobody can find any more")));
    run(new Command.CreateDataset(DATASET));
    sealer.start(catalog);
    catalog.leads = true;
    put("z", 5);
    createVersion("v2");
    awaitSummary("v2", summary(5, "z"));
    assertThat(halts).isEmpty();
  }

  private void awaitSummary(String version, VersionSummary expected) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(row(version).summary()).contains(expected));
  }

  private VersionRow row(String version) {
    try (ClosableView view = catalog.view()) {
      long dataset = view.dataset(DATASET).orElseThrow().id();
      return view.version(dataset, new VersionName(version)).orElseThrow();
    }
  }

  private static VersionSummary summary(long bytes, String... paths) {
    DatasetDigest digest = new DatasetDigest();
    for (String path : paths) {
      digest.add(new ObjectPath(path), DIGEST);
    }
    return new VersionSummary(digest.digest(), paths.length, bytes);
  }

  private void createVersion(String version) {
    run(new Command.CreateVersion(DATASET, new VersionName(version), 0, "", List.of()));
  }

  private void seal(String version, VersionSummary summary) {
    run(new Command.SealVersion(row(version).datasetId(), new VersionName(version), 0, summary));
  }

  private void put(String path, int length) {
    List<ChunkRef> chunk = List.of(new ChunkRef(new ChunkId(DIGEST), length, 1));
    ObjectContent content = new ObjectContent(length, DIGEST, Metadata.NONE, chunk);
    run(
        new Command.PutObject(
            DATASET,
            new ObjectPath(path),
            WriteScope.DIRECT,
            Precondition.NONE,
            content,
            OptionalLong.empty()));
  }

  private void run(Command command) {
    RequestId id = new RequestId("request-" + ++requests);
    assertThat(catalog.propose(List.of(new Envelope(id, command)), Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            Outcome.Committed.class,
            committed ->
                assertThat(committed.value())
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                    .singleElement()
                    .isInstanceOf(Decision.Accepted.class));
  }
}
