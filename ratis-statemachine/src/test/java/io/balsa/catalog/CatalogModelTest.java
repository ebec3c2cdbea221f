package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.Reason;
import io.balsa.command.Upkeep;
import io.balsa.model.ChunkId;
import io.balsa.model.ObjectPath;
import io.balsa.model.VersionName;
import io.balsa.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The transition against {@link CatalogModel}, in random histories; {@code -Dseed=N} repeats one.
 */
class CatalogModelTest {
  private static final int BATCHES = 400;
  private static final int COMMANDS_MAX = 8;

  static LongStream seeds() {
    return Seeds.upTo(12);
  }

  @ParameterizedTest(name = "-Dseed={0}")
  @MethodSource("seeds")
  void theCatalogDoesWhatTheModelSays(long seed) {
    Random random = new Random(seed);
    CatalogModel model = new CatalogModel();
    RandomCommands commands = new RandomCommands(random, model);
    MemoryCatalog batched = new MemoryCatalog();
    MemoryCatalog single = new MemoryCatalog();
    Set<Reason> reasons = new HashSet<>();
    for (int step = 0; step < BATCHES; step++) {
      String at = "-Dseed=" + seed + " step " + step;
      CommandBatch.Stamp stamp = commands.stamp();
      List<Envelope> batch = new ArrayList<>();
      List<Decision> expected = new ArrayList<>();
      for (int i = random.nextInt(COMMANDS_MAX + 1); i > 0; i--) {
        Envelope envelope = commands.next();
        batch.add(envelope);
        expected.add(model.apply(stamp, envelope));
      }
      assertThat(batched.apply(new CommandBatch(stamp, batch)))
          .as("%s: decisions on %s", at, batch)
          .isEqualTo(expected);
      assertThat(oneByOne(single, stamp, batch)).as("%s: one by one", at).isEqualTo(expected);
      if (random.nextInt(20) == 0) {
        collect(at, random, batched, single, model);
      }
      checkState(at, batched, single, model);
      checkRevision(at, batched, model, model.revision());
      checkRevision(at, batched, model, random.nextLong(model.floor, model.revision() + 1));
      checkListing(at, batched, model, random);
      for (Decision decision : expected) {
        if (decision instanceof Decision.Rejected rejected) {
          reasons.add(rejected.reason());
        }
      }
    }
    for (long revision = model.floor; revision <= model.revision(); revision++) {
      checkRevision("-Dseed=" + seed + " at the end", batched, model, revision);
    }
    assertThat(model.floor).as("-Dseed=%s: the floor rose", seed).isPositive();
    assertThat(reasons).as("-Dseed=%s: reasons met", seed).hasSizeGreaterThanOrEqualTo(12);
  }

  private static List<Decision> oneByOne(
      MemoryCatalog catalog, CommandBatch.Stamp stamp, List<Envelope> batch) {
    List<Decision> decisions = new ArrayList<>();
    batch.forEach(e -> decisions.addAll(catalog.apply(new CommandBatch(stamp, List.of(e)))));
    if (batch.isEmpty()) {
      catalog.apply(new CommandBatch(stamp, List.of()));
    }
    return decisions;
  }

  private static void checkState(
      String at, MemoryCatalog batched, MemoryCatalog single, CatalogModel model) {
    assertThat(batched.recomputedDigest()).as("%s: digest", at).isEqualTo(batched.head().digest());
    assertThat(batched.rows()).as("%s: rows, batched or not", at).isEqualTo(single.rows());
    assertThat(batched.head().at(single.head().applied())).as(at).isEqualTo(single.head());
    assertThat(batched.head().revision()).as("%s: revision", at).isEqualTo(model.revision());
    Map<Object, Long> references = new HashMap<>();
    Map<Object, Long> named = new HashMap<>();
    Set<Object> replies = new HashSet<>();
    for (CatalogRow row : batched.rows()) {
      if (row instanceof ChunkRow chunk && chunk.state() == ChunkRow.State.LIVE) {
        references.put(chunk.id(), chunk.references());
      } else if (row instanceof ObjectRow object && object.content().isPresent()) {
        object.content().get().chunks().forEach(chunk -> named.merge(chunk.id(), 1L, Long::sum));
      } else if (row instanceof ReplyRow reply) {
        replies.add(reply.requestId());
      }
    }
    assertThat(references).as("%s: references", at).isEqualTo(named);
    assertThat(replies).as("%s: replies", at).isEqualTo(model.repliedTo());
  }

  /** A round of collection, which readers must not notice. */
  private static void collect(
      String at, Random random, MemoryCatalog batched, MemoryCatalog single, CatalogModel model) {
    CommandBatch.Stamp stamp = new CommandBatch.Stamp(0, Long.MAX_VALUE, Long.MAX_VALUE);
    List<Envelope> raise =
        List.of(new Upkeep.RaiseFloor(random.nextInt(60), random.nextInt(2_000)).envelope());
    Decision floor = batched.apply(new CommandBatch(stamp, raise)).getFirst();
    assertThat(oneByOne(single, stamp, raise)).containsExactly(floor);
    model.floor = ((Decision.Accepted) floor).value();
    assertThat(model.floor).as(at).isEqualTo(batched.head().collection().floor());
    int rowsMax = 2 + random.nextInt(50);
    List<Envelope> commands = new ArrayList<>();
    Sweeps.of(batched, rowsMax).forEach(sweep -> commands.add(sweep.envelope()));
    List<ChunkId> chunks =
        batched.rows().stream()
            .filter(ChunkRow.class::isInstance)
            .map(row -> ((ChunkRow) row).id())
            .toList();
    long removal = batched.head().collection().removals() + 1;
    commands.add(new Upkeep.DeleteChunks(0, chunks).envelope());
    for (int group = 1; group <= 3; group++) {
      commands.add(new Upkeep.ForgetChunks(group, removal, removal, chunks).envelope());
    }
    List<Decision> decisions = batched.apply(new CommandBatch(stamp, commands));
    assertThat(oneByOne(single, stamp, commands)).as("%s: upkeep", at).isEqualTo(decisions);
    follow(at, batched, model);
    while (rowsMax > 50 - 2 && !Sweeps.of(batched, Integer.MAX_VALUE).isEmpty()) {
      List<Envelope> rest = new ArrayList<>();
      Sweeps.of(batched, Integer.MAX_VALUE).forEach(sweep -> rest.add(sweep.envelope()));
      batched.apply(new CommandBatch(stamp, rest));
      oneByOne(single, stamp, rest);
      follow(at, batched, model);
      checkNothingIsLeft(at, batched, model);
    }
  }

  /** Forgets in the model what the catalog may have forgotten. */
  private static void follow(String at, MemoryCatalog catalog, CatalogModel model) {
    Set<Long> ids = new HashSet<>();
    model.datasets.values().forEach(dataset -> ids.add(dataset.id()));
    model.versions.entrySet().stream()
        .filter(entry -> !ids.contains(entry.getKey()))
        .forEach(e -> e.getValue().keySet().removeIf(v -> isGone(catalog, e.getKey(), v)));
    for (long id : List.copyOf(model.transactions.keySet())) {
      if (catalog.transaction(id).isEmpty()) {
        CatalogModel.Transaction gone = model.transactions.remove(id);
        assertThat(
                !ids.contains(gone.datasetId) || (!gone.state.equals("OPEN") && id < model.floor))
            .as("%s: transaction %s may go", at, id)
            .isTrue();
      }
    }
  }

  private static boolean isGone(MemoryCatalog catalog, long datasetId, VersionName version) {
    return catalog.version(datasetId, version).isEmpty();
  }

  /** Every row of an object that is left is seen at a revision that can be read, or is open. */
  private static void checkNothingIsLeft(String at, MemoryCatalog catalog, CatalogModel model) {
    TransactionLookup transactions = new TransactionLookup(catalog);
    for (CatalogRow row : catalog.rows()) {
      if (row instanceof ObjectRow object
          && object.content().isPresent()
          && !transactions.isOpen(object)) {
        Set<Long> readable =
            new HashSet<>(model.versions.getOrDefault(object.datasetId(), Map.of()).values());
        for (long revision = model.floor; revision <= model.revision(); revision++) {
          readable.add(revision);
        }
        CatalogModel.Place place = new CatalogModel.Place(object.datasetId(), object.path());
        CatalogModel.Seen seen =
            new CatalogModel.Seen(object.content().get(), transactions.visibleSince(object));
        assertThat(readable)
            .as("%s: somebody sees %s", at, object)
            .anyMatch(r -> seen.equals(model.visible.get((int) (long) r).get(place)));
      }
    }
  }

  private static void checkRevision(
      String at, MemoryCatalog catalog, CatalogModel model, long revision) {
    Map<CatalogModel.Place, CatalogModel.Seen> walked = new HashMap<>();
    Set<Long> ids = new HashSet<>();
    model.datasets.values().forEach(dataset -> ids.add(dataset.id()));
    for (long id : ids) {
      try (CatalogView.Cursor<VisibleObject> walk = CatalogQueries.walk(catalog, id, revision)) {
        walk.forEachRemaining(o -> walked.put(place(id, o), seen(o)));
      }
      for (ObjectPath path : RandomCommands.PATHS) {
        CatalogModel.Place place = new CatalogModel.Place(id, path);
        assertThat(CatalogQueries.stat(catalog, id, path, revision).map(CatalogModelTest::seen))
            .as("%s: %s at revision %s", at, path, revision)
            .isEqualTo(Optional.ofNullable(model.visible.get((int) revision).get(place)));
      }
    }
    Map<CatalogModel.Place, CatalogModel.Seen> expected =
        new HashMap<>(model.visible.get((int) revision));
    expected.keySet().removeIf(place -> !ids.contains(place.datasetId()));
    assertThat(walked).as("%s: all at revision %s", at, revision).isEqualTo(expected);
  }

  /** Pages through a random listing; each entry once, in order, as a plain filter has them. */
  private static void checkListing(
      String at, MemoryCatalog catalog, CatalogModel model, Random random) {
    long id = model.datasets.values().stream().mapToLong(d -> d.id()).min().orElse(0);
    long revision = random.nextLong(model.floor, model.revision() + 1);
    String prefix = List.of("", "a", "a/", "a/b", "b", "x").get(random.nextInt(6));
    String delimiter = random.nextBoolean() ? "/" : "";
    int pageSize = 1 + random.nextInt(3);
    List<String> expected =
        model.visible.get((int) revision).keySet().stream()
            .filter(place -> place.datasetId() == id && place.path().text().startsWith(prefix))
            .map(place -> entry(place.path().text(), prefix, delimiter))
            .distinct()
            .sorted((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)))
            .toList();
    List<String> listed = new ArrayList<>();
    long rowsMax = random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(4);
    Optional<String> after = Optional.of("");
    while (after.isPresent()) {
      ListQuery query = new ListQuery(id, revision, prefix, delimiter, after.get(), pageSize);
      Listing page = CatalogQueries.list(catalog, query, rowsMax);
      List<String> entries = new ArrayList<>(page.commonPrefixes());
      page.objects().forEach(object -> entries.add(object.path().text()));
      entries.sort((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)));
      assertThat(entries.size()).as("%s: page size", at).isLessThanOrEqualTo(pageSize);
      listed.addAll(entries);
      after = page.next();
    }
    assertThat(listed)
        .as("%s: prefix %s delimiter %s revision %s", at, prefix, delimiter, revision)
        .isEqualTo(expected);
  }

  private static String entry(String path, String prefix, String delimiter) {
    String rest = path.substring(prefix.length());
    return delimiter.isEmpty() || !rest.contains("/")
        ? path
        : prefix + rest.substring(0, rest.indexOf('/') + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static CatalogModel.Place place(long id, VisibleObject object) {
    return new CatalogModel.Place(id, object.path());
  }

  private static CatalogModel.Seen seen(VisibleObject object) {
    return new CatalogModel.Seen(object.content(), object.revision());
  }
}
