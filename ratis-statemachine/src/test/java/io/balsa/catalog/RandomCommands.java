package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.CommandBatch;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;

/** Commands that often collide: few datasets, paths and contents, known and unknown ids. */
final class RandomCommands {
  static final List<ObjectPath> PATHS =
      Stream.of("a", "a-b", "a/1", "a/2", "a/b/1", "b", "ﬀ/1", "𝄞").map(ObjectPath::new).toList();
  private static final List<DatasetName> DATASETS =
      List.of(new DatasetName("images"), new DatasetName("texts"));

  private final Random random;
  private final CatalogModel model;
  private final List<Envelope> sent = new ArrayList<>();
  private long millis = 1_000;

  RandomCommands(Random random, CatalogModel model) {
    this.random = random;
    this.model = model;
  }

  CommandBatch.Stamp stamp() {
    // Clocks of successive leaders disagree: time may seem to go back.
    millis += random.nextInt(100) - 20;
    return new CommandBatch.Stamp(Math.max(0, millis), 1 + random.nextInt(40), 2_000);
  }

  /** A new command, a retry, or another command under a used request id. */
  Envelope next() {
    int dice = random.nextInt(100);
    if (dice < 5 && !sent.isEmpty()) {
      return oneOf(sent.subList(Math.max(0, sent.size() - 40), sent.size()));
    }
    RequestId id =
        dice < 7 && !sent.isEmpty() ? oneOf(sent).requestId() : new RequestId("r" + sent.size());
    Envelope envelope = new Envelope(id, command());
    sent.add(envelope);
    return envelope;
  }

  private Command command() {
    DatasetName dataset = oneOf(DATASETS);
    int dice = random.nextInt(100);
    if (dice < 45) {
      return new Command.PutObject(
          dataset,
          oneOf(PATHS),
          scope(dataset),
          precondition(),
          content(),
          random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(1_000)));
    }
    if (dice < 60) {
      return new Command.DeleteObject(dataset, oneOf(PATHS), scope(dataset), precondition());
    }
    if (dice < 70) {
      return new Command.BeginTransaction(dataset, epoch(dataset));
    }
    if (dice < 79) {
      return new Command.PublishTransaction(dataset, transaction(dataset));
    }
    if (dice < 84) {
      return new Command.AbortTransaction(dataset, transaction(dataset));
    }
    if (dice < 88) {
      return version(dataset);
    }
    if (dice < 89) {
      return new Command.DeleteVersion(dataset, versionName());
    }
    if (dice < 92) {
      return seal();
    }
    if (dice < 94) {
      return new Command.FenceDataset(dataset);
    }
    return dice < 96
        ? new Command.DeleteDataset(dataset, random.nextInt(4) == 0)
        : new Command.CreateDataset(dataset);
  }

  private Command version(DatasetName dataset) {
    List<VersionName> parents = random.nextInt(3) == 0 ? List.of(versionName()) : List.of();
    long revision = random.nextBoolean() ? 0 : random.nextLong(model.revision() + 2);
    return new Command.CreateVersion(dataset, versionName(), revision, "", parents);
  }

  private Command seal() {
    List<Long> ids = new ArrayList<>(model.versions.keySet());
    long id = ids.isEmpty() ? 1 : oneOf(ids);
    VersionName name = versionName();
    long revision = model.versions.getOrDefault(id, Map.of()).getOrDefault(name, 0L);
    revision = revision == 0 || random.nextInt(4) != 0 ? revision : revision + 1;
    return new Command.SealVersion(
        id, name, revision, new VersionSummary(digest(id + name.text()), 1, 2));
  }

  private WriteScope scope(DatasetName dataset) {
    long transaction = random.nextInt(5) < 3 ? transaction(dataset) : 0;
    return new WriteScope(transaction, epoch(dataset));
  }

  private OptionalLong epoch(DatasetName dataset) {
    CatalogModel.Dataset state = model.datasets.get(dataset);
    long current = state == null ? 0 : state.epoch();
    return switch (random.nextInt(8)) {
      case 0 -> OptionalLong.of(current + 1);
      case 1 -> OptionalLong.of(Math.max(0, current - 1));
      case 2, 3 -> OptionalLong.of(current);
      default -> OptionalLong.empty();
    };
  }

  /** Mostly one that is open in the dataset. */
  private long transaction(DatasetName dataset) {
    CatalogModel.Dataset state = model.datasets.get(dataset);
    List<Long> open =
        model.transactions.entrySet().stream()
            .filter(e -> e.getValue().state.equals("OPEN"))
            .filter(e -> state != null && e.getValue().datasetId == state.id())
            .map(e -> e.getKey())
            .sorted()
            .toList();
    return open.isEmpty() || random.nextInt(10) == 0
        ? 1 + random.nextLong(model.revision() + 1)
        : oneOf(open);
  }

  private Precondition precondition() {
    return switch (random.nextInt(8)) {
      case 0 -> new Precondition.IfAbsent();
      case 1 -> new Precondition.IfRevision(1 + random.nextLong(model.revision() + 1));
      case 2 -> {
        // One that holds somewhere.
        List<CatalogModel.Seen> seen =
            model.head().values().stream()
                .sorted((a, b) -> Long.compare(a.revision(), b.revision()))
                .toList();
        yield seen.isEmpty()
            ? Precondition.NONE
            : new Precondition.IfRevision(oneOf(seen).revision());
      }
      case 3 -> new Precondition.IfDigest(content().digest());
      default -> Precondition.NONE;
    };
  }

  private ObjectContent content() {
    String text = oneOf(List.of("", "one", "two", "three"));
    List<ChunkRef> chunks =
        text.isEmpty()
            ? List.of()
            : List.of(
                new ChunkRef(new ChunkId(digest(text)), text.length(), 1 + random.nextInt(3)));
    return new ObjectContent(text.length(), digest(text), Metadata.NONE, chunks);
  }

  private VersionName versionName() {
    return new VersionName("v" + random.nextInt(30));
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static Sha256 digest(String text) {
    return Sha256.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
