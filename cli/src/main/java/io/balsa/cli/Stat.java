package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.Objects;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.ObjectLayout;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "stat",
    description = "Show what is known of an object, without its bytes.",
    footer = {
      "",
      "Examples:",
      "  balsa stat balsa://imagenet@v1/labels.txt",
      "  balsa stat balsa://llm/step-1000/model.safetensors --chunks --receipt",
      "  balsa stat balsa://llm/step-1000/model.safetensors --consistency at-least:4711 --json"
    })
final class Stat extends Verb {
  @Parameters(paramLabel = "ADDRESS", description = "balsa://DATASET[@VERSION]/PATH")
  private Optional<Address> at = Optional.empty();

  @Option(names = "--chunks", description = "With its chunks and the groups that hold them.")
  private boolean chunks;

  @Mixin private ReadFlags read = new ReadFlags();

  Stat(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Address address = object(at.orElseThrow());
    Read<ObjectLayout> found = find(session.client().objects(), address);
    session.output().answer(() -> json(address, found), () -> lines(address, found.value()));
    read.tell(session.output(), found.receipt());
    return ExitCode.OK;
  }

  private Read<ObjectLayout> find(Objects objects, Address address) {
    if (chunks) {
      return objects
          .layout(address.dataset(), address.path(), address.snapshot(), read.options())
          .orElseThrow();
    }
    Read<ObjectStat> found =
        objects
            .stat(address.dataset(), address.path(), address.snapshot(), read.options())
            .orElseThrow();
    return new Read<>(new ObjectLayout(found.value(), List.of()), found.receipt());
  }

  private ObjectNode json(Address address, Read<ObjectLayout> found) {
    ObjectNode json = Json.object().put("address", address.toString());
    json.set("object", Json.stat(found.value().object()));
    if (chunks) {
      json.set("chunks", Json.array(found.value().chunks(), Json::chunk));
    }
    return json.set("receipt", Json.receipt(found.receipt()));
  }

  private static List<String> lines(Address address, ObjectLayout layout) {
    ObjectStat object = layout.object();
    List<String> lines = new ArrayList<>();
    lines.add("address   " + address);
    lines.add(
        "size      "
            + Amounts.count(object.size())
            + " bytes ("
            + Amounts.bytes(object.size())
            + ")");
    lines.add("sha256    " + object.digest());
    lines.add("revision  " + object.revision());
    lines.add("modified  " + Text.time(object.modified()));
    new TreeMap<>(object.metadata())
        .forEach((key, value) -> lines.add("meta      " + key + "=" + value));
    for (ChunkPlacement chunk : layout.chunks()) {
      lines.add(
          "chunk     "
              + chunk.id()
              + "  group "
              + chunk.group()
              + "  "
              + Amounts.bytes(chunk.length()));
    }
    return lines;
  }
}
