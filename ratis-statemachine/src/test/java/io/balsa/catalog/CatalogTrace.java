package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.Upkeep;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plays a trace on an empty catalog: a command, {@code ----}, what it came to. Each command is an
 * entry of its own, but those below {@code batch} share one.
 */
final class CatalogTrace {
  private final MemoryCatalog catalog = new MemoryCatalog();
  private final TraceWords words = new TraceWords();
  private CommandBatch.Stamp stamp = new CommandBatch.Stamp(1_000, 1_000_000, 1_000_000);
  private int requests;

  /** The same text, with what was found behind each {@code ----}. */
  String play(String trace) {
    List<String> blocks = new ArrayList<>();
    for (String block : trace.strip().split("\n\n+", -1)) {
      String input = block.split("(?m)^----$", -1)[0].strip();
      blocks.add(input + "\n----\n" + run(input));
      assertThat(catalog.recomputedDigest())
          .as("digest after: %s", input)
          .isEqualTo(catalog.head().digest());
    }
    return String.join("\n\n", blocks) + "\n";
  }

  private String run(String block) {
    List<String> input = block.lines().filter(line -> !line.startsWith("#")).toList();
    if (!input.getFirst().equals("batch")) {
      assertThat(input).as("a block has one command, or begins with batch").hasSize(1);
      return answer(TraceWords.Line.of(input.getFirst()));
    }
    List<Envelope> batch =
        input.stream().skip(1).map(TraceWords.Line::of).map(this::envelope).toList();
    return lines(catalog.apply(new CommandBatch(stamp, batch)).stream().map(words::show).toList());
  }

  private String answer(TraceWords.Line line) {
    return switch (line.verb()) {
      case "stamp" -> {
        stamp =
            new CommandBatch.Stamp(
                line.number("time", stamp.timeMillis()),
                line.number("revisions", stamp.repliesKeptRevisions()),
                line.number("millis", stamp.repliesKeptMillis()));
        yield "ok";
      }
      case "barrier" -> {
        catalog.apply(new CommandBatch(stamp, List.of()));
        yield "ok";
      }
      case "stat" -> {
        long revision = line.number("at", catalog.head().revision());
        yield CatalogQueries.stat(catalog, id(line), line.path(), revision)
            .map(words::show)
            .orElse("nothing");
      }
      case "ls" -> list(line);
      case "history" ->
          lines(drain(catalog.history(id(line), line.path())).stream().map(words::show).toList());
      case "dataset" -> found(catalog.dataset(line.dataset()).map(words::show));
      case "tx" -> found(catalog.transaction(Long.parseLong(line.word(0))).map(words::show));
      case "show" ->
          found(catalog.version(id(line), new VersionName(line.word(1))).map(words::show));
      case "chunk" ->
          found(catalog.chunk(new ChunkId(words.digest(line.word(0)))).map(words::show));
      case "replies" -> lines(drain(catalog.replies()).stream().map(words::show).toList());
      case "sweep" -> sweep();
      case "collection" -> show(catalog.head().collection());
      case "head" -> show(catalog.head());
      default -> {
        List<Decision> decisions = catalog.apply(new CommandBatch(stamp, List.of(envelope(line))));
        yield words.show(decisions.getFirst());
      }
    };
  }

  private static String show(CatalogHead head) {
    return "applied="
        + head.applied()
        + " revision="
        + head.revision()
        + " stamp="
        + head.stampMillis()
        + " replies="
        + head.replies();
  }

  private static String show(CollectionState state) {
    return "floor="
        + state.floor()
        + " mark="
        + state.markRevision()
        + "@"
        + state.markMillis()
        + " removals="
        + state.removals()
        + " removed-through="
        + state.removedThrough();
  }

  /** A whole round of sweeps. */
  private String sweep() {
    long removed = 0;
    for (Upkeep.SweepRows command : Sweeps.of(catalog, 100)) {
      CommandBatch batch = new CommandBatch(stamp, List.of(command.envelope()));
      removed += ((Decision.Accepted) catalog.apply(batch).getFirst()).value();
    }
    return removed + " rows";
  }

  private String list(TraceWords.Line line) {
    Listing listing =
        CatalogQueries.list(
            catalog,
            new ListQuery(
                id(line),
                line.number("at", catalog.head().revision()),
                line.options().getOrDefault("prefix", ""),
                line.options().getOrDefault("delimiter", ""),
                line.options().getOrDefault("after", ""),
                (int) line.number("page", 1_000)));
    List<String> shown = new ArrayList<>(listing.objects().stream().map(words::show).toList());
    listing.commonPrefixes().forEach(prefix -> shown.add(prefix + " ..."));
    listing.next().ifPresent(next -> shown.add("next " + next));
    return lines(shown);
  }

  private Envelope envelope(TraceWords.Line line) {
    String id = line.options().getOrDefault("id", "r" + ++requests);
    return new Envelope(new RequestId(id), words.command(line));
  }

  /** Of a dataset's name, or as {@code #3} of one that is no more. */
  private long id(TraceWords.Line line) {
    return line.word(0).startsWith("#")
        ? Long.parseLong(line.word(0).substring(1))
        : catalog.dataset(new DatasetName(line.word(0))).orElseThrow().id();
  }

  private static <T> List<T> drain(CatalogView.Cursor<T> cursor) {
    List<T> rows = new ArrayList<>();
    try (cursor) {
      cursor.forEachRemaining(rows::add);
    }
    return rows;
  }

  private static String found(Optional<String> row) {
    return row.orElse("nothing");
  }

  private static String lines(List<String> lines) {
    return lines.isEmpty() ? "nothing" : String.join("\n", lines);
  }
}
