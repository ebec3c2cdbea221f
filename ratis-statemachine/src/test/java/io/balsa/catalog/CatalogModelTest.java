package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.Reason;
import io.balsa.model.ObjectPath;
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
      checkState(at, batched, single, model);
      checkRevision(at, batched, model, model.revision());
      checkRevision(at, batched, model, random.nextLong(model.revision() + 1));
      checkListing(at, batched, model, random);
      for (Decision decision : expected) {
        if (decision instanceof Decision.Rejected rejected) {
          reasons.add(rejected.reason());
        }
      }
    }
    for (long revision = 0; revision <= model.revision(); revision++) {
      checkRevision("-Dseed=" + seed + " at the end", batched, model, revision);
    }
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
    Set<Object> replies = new HashSet<>();
    for (CatalogRow row : batched.rows()) {
      if (row instanceof ChunkRow chunk) {
        references.put(chunk.id(), chunk.references());
      } else if (row instanceof ReplyRow reply) {
        replies.add(reply.requestId());
      }
    }
    assertThat(references).as("%s: references", at).isEqualTo(model.chunkReferences);
    assertThat(replies).as("%s: replies", at).isEqualTo(model.repliedTo());
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
    long revision = random.nextLong(model.revision() + 1);
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
