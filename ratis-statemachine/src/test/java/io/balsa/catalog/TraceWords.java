package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.ObjectContent;
import io.balsa.command.Upkeep;
import io.balsa.command.VersionSummary;
import io.balsa.command.WriteScope;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The words of traces: commands from lines, and answers to lines. A content is the texts of its
 * chunks, {@code one,two}; digests are shown by the text that they are of.
 */
final class TraceWords {
  private final Map<String, String> textsByDigest = new HashMap<>();

  /** A line: a verb, plain words, and {@code key=value} options. */
  record Line(String verb, List<String> words, Map<String, String> options) {
    static Line of(String text) {
      List<String> words = new ArrayList<>();
      Map<String, String> options = new HashMap<>();
      for (String word : text.trim().split(" +", -1)) {
        int equals = word.indexOf('=');
        if (equals < 0) {
          words.add(word);
        } else {
          options.put(word.substring(0, equals), word.substring(equals + 1));
        }
      }
      return new Line(words.getFirst(), words.subList(1, words.size()), options);
    }

    String word(int at) {
      return words.get(at);
    }

    DatasetName dataset() {
      return new DatasetName(word(0));
    }

    ObjectPath path() {
      return new ObjectPath(word(1));
    }

    long number(String option, long otherwise) {
      return Long.parseLong(options.getOrDefault(option, Long.toString(otherwise)));
    }

    OptionalLong epoch() {
      return options.containsKey("epoch")
          ? OptionalLong.of(number("epoch", 0))
          : OptionalLong.empty();
    }

    WriteScope scope() {
      return new WriteScope(number("tx", 0), epoch());
    }
  }

  /** The command of a line; for other verbs an exception. */
  Command command(Line line) {
    return switch (line.verb()) {
      case "create" -> new Command.CreateDataset(line.dataset());
      case "delete" ->
          new Command.DeleteDataset(line.dataset(), line.words().contains("recursive"));
      case "fence" -> new Command.FenceDataset(line.dataset());
      case "begin" -> new Command.BeginTransaction(line.dataset(), line.epoch());
      case "put" ->
          new Command.PutObject(
              line.dataset(),
              line.path(),
              line.scope(),
              precondition(line),
              content(line),
              line.options().containsKey("seen")
                  ? OptionalLong.of(line.number("seen", 0))
                  : OptionalLong.empty());
      case "rm" ->
          new Command.DeleteObject(line.dataset(), line.path(), line.scope(), precondition(line));
      case "publish" ->
          new Command.PublishTransaction(line.dataset(), Long.parseLong(line.word(1)));
      case "abort" -> new Command.AbortTransaction(line.dataset(), Long.parseLong(line.word(1)));
      case "version" ->
          new Command.CreateVersion(
              line.dataset(),
              new VersionName(line.word(1)),
              line.number("revision", 0),
              line.options().getOrDefault("message", ""),
              texts(line, "parents").stream().map(VersionName::new).toList());
      case "seal" ->
          new Command.SealVersion(
              Long.parseLong(line.word(0)),
              new VersionName(line.word(1)),
              line.number("revision", 0),
              new VersionSummary(
                  digest(line.options().get("digest")),
                  line.number("objects", 0),
                  line.number("bytes", 0)));
      case "unversion" -> new Command.DeleteVersion(line.dataset(), new VersionName(line.word(1)));
      default -> upkeep(line);
    };
  }

  private Command upkeep(Line line) {
    return switch (line.verb()) {
      case "floor" -> new Upkeep.RaiseFloor(line.number("revisions", 0), line.number("millis", 0));
      case "condemn" -> new Upkeep.CondemnChunks(line.number("seen", 0), content(line).chunks());
      case "give-up" -> new Upkeep.DeleteChunks(line.number("millis", 0), ids(line));
      case "forget" ->
          new Upkeep.ForgetChunks(
              (int) line.number("group", 1),
              line.number("removal", 1),
              line.number("index", 1),
              ids(line));
      default -> throw new IllegalArgumentException("unknown verb: " + line);
    };
  }

  private List<ChunkId> ids(Line line) {
    return content(line).chunks().stream().map(ChunkRef::id).toList();
  }

  /** SHA-256 of a text, which is remembered for {@link #text}. */
  Sha256 digest(String text) {
    Sha256 digest = Sha256.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    textsByDigest.put(digest.toString(), text);
    return digest;
  }

  String text(Object digest) {
    return textsByDigest.getOrDefault(digest.toString(), digest.toString());
  }

  String show(Decision decision) {
    return switch (decision) {
      case Decision.Accepted accepted ->
          "accepted revision=" + accepted.revision() + " value=" + accepted.value();
      case Decision.Rejected rejected -> {
        StringBuilder shown = new StringBuilder("rejected ").append(rejected.reason());
        rejected.facts().forEach((k, v) -> shown.append(' ').append(k).append('=').append(text(v)));
        yield shown.toString();
      }
    };
  }

  String show(VisibleObject object) {
    return object.path() + " revision=" + object.revision() + " " + show(object.content());
  }

  String show(ObjectRow row) {
    return row.revision()
        + (row.transactionId() == 0 ? " direct" : " tx=" + row.transactionId())
        + (row.openBelow() ? " open-below " : " ")
        + row.content().map(this::show).orElse("deleted");
  }

  String show(DatasetRow row) {
    return "id=" + row.id() + " epoch=" + row.epoch() + " created=" + row.createdMillis();
  }

  String show(TransactionRow row) {
    return row.state()
        + " dataset="
        + row.datasetId()
        + " epoch="
        + row.epoch()
        + " staged="
        + row.staged()
        + " published="
        + row.publishedRevision();
  }

  String show(VersionRow row) {
    return "revision="
        + row.revision()
        + " parents="
        + row.parents()
        + row.summary()
            .map(s -> " digest=" + text(s.digest()) + " objects=" + s.objects())
            .orElse(" pending");
  }

  String show(ChunkRow row) {
    return "group="
        + row.group()
        + " length="
        + row.length()
        + (row.references() == 0
            ? " " + row.state() + " since=" + row.since()
            : " references=" + row.references());
  }

  String show(ReplyRow row) {
    return row.sequence() + " " + row.requestId() + " " + show(row.decision());
  }

  private String show(ObjectContent content) {
    return "content=" + text(content.digest()) + " size=" + content.size();
  }

  private ObjectContent content(Line line) {
    List<String> texts = texts(line, "content");
    int group = (int) line.number("group", 1);
    List<ChunkRef> chunks = new ArrayList<>();
    for (String text : texts) {
      chunks.add(new ChunkRef(new ChunkId(digest(text)), text.length(), group));
    }
    String whole = String.join("", texts);
    return new ObjectContent(whole.length(), digest(whole), Metadata.NONE, chunks);
  }

  private Precondition precondition(Line line) {
    String[] words = line.options().getOrDefault("if", "none").split(":", -1);
    return switch (words[0]) {
      case "none" -> Precondition.NONE;
      case "absent" -> new Precondition.IfAbsent();
      case "revision" -> new Precondition.IfRevision(Long.parseLong(words[1]));
      case "content" -> new Precondition.IfDigest(digest(words[1]));
      default -> throw new IllegalArgumentException("unknown precondition: " + line);
    };
  }

  private static List<String> texts(Line line, String option) {
    String joined = line.options().getOrDefault(option, "");
    return joined.isEmpty() ? List.of() : Arrays.asList(joined.split(",", -1));
  }
}
