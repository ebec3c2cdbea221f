package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Table;
import io.balsa.cli.render.Text;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.NodeUpkeep;
import io.balsa.client.model.ScrubProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "show",
    description = "Show how what is stored on a node is, and where its scrub is.",
    footer = {"", "Examples:", "  balsa node show n2", "  balsa node show 10.0.0.2:7401 --json"})
final class NodeShow extends Verb {
  @Mixin private NodeChoice node = new NodeChoice();

  NodeShow(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Endpoint endpoint = node.in(session);
    NodeUpkeep upkeep = session.client().nodes().upkeep(endpoint).orElseThrow();
    session.output().answer(() -> json(endpoint, upkeep), () -> lines(upkeep));
    return ExitCode.OK;
  }

  private static ObjectNode json(Endpoint endpoint, NodeUpkeep upkeep) {
    ScrubProgress at = upkeep.scrub().progress();
    ObjectNode json = Json.object().put("endpoint", endpoint.toString());
    json.set(
        "scrub",
        Json.object()
            .put("enabled", upkeep.scrub().enabled())
            .put("at", at.at())
            .put("started", text(upkeep.scrub().started()))
            .put("completed", text(upkeep.scrub().completed()))
            .put("done_bytes", at.bytesDone())
            .put("total_bytes", at.bytesTotal())
            .put("found", at.found()));
    json.set("stores", Json.array(upkeep.stores(), NodeShow::store));
    return json.put("repaired", upkeep.repaired());
  }

  private static @org.jspecify.annotations.Nullable String text(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(null);
  }

  private static ObjectNode store(NodeUpkeep.Store store) {
    return Json.object()
        .put("group", store.group())
        .put("lost", store.lost())
        .put("pack_bytes", store.packBytes())
        .put("live_bytes", store.liveBytes())
        .put("damaged_packs", store.damagedPacks());
  }

  private static List<String> lines(NodeUpkeep upkeep) {
    List<String> lines = new ArrayList<>();
    lines.add("scrub     " + scrub(upkeep.scrub()));
    lines.add("last      " + upkeep.scrub().completed().map(Text::time).orElse("never completed"));
    lines.add("bad       " + Amounts.count(upkeep.scrub().progress().found()) + " in its round");
    lines.add("repaired  " + Amounts.count(upkeep.repaired()) + " since the start");
    lines.add("");
    Table table = new Table("group", ">lost", ">packs", ">live", ">damaged packs");
    for (NodeUpkeep.Store store : upkeep.stores()) {
      table.row(
          store.group(),
          Amounts.count(store.lost()),
          Amounts.bytes(store.packBytes()),
          Amounts.bytes(store.liveBytes()),
          Amounts.count(store.damagedPacks()));
    }
    lines.addAll(table.lines());
    return lines;
  }

  private static String scrub(NodeUpkeep.Scrub scrub) {
    if (!scrub.enabled()) {
      return "switched off";
    }
    ScrubProgress at = scrub.progress();
    return at.at().isEmpty()
        ? "rests"
        : "%s, %s of %s"
            .formatted(at.at(), Amounts.bytes(at.bytesDone()), Amounts.bytes(at.bytesTotal()));
  }
}
