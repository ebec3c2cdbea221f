package io.balsa.cli.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a demo that passed has measured.
 *
 * @param uploaded the first upload
 * @param compared the reading back
 * @param gaps of each kill, at least one
 * @param residentBytes of each node at the end; 0 where unknown
 * @param took all of it
 */
record DemoReport(
    FirstUpload.Uploaded uploaded,
    ReadBack.Compared compared,
    List<Duration> gaps,
    Map<String, Long> residentBytes,
    Duration took) {
  DemoReport {
    gaps = gaps.stream().sorted().toList();
    residentBytes = Map.copyOf(residentBytes);
  }

  /** The middle gap; of an even number the longer one of the two. */
  Duration gapMedian() {
    return gaps.get(gaps.size() / 2);
  }

  Duration gapMax() {
    return gaps.getLast();
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("passed", true)
            .put("took_ms", took.toMillis())
            .put("files", uploaded.files())
            .put("total_bytes", uploaded.bytes())
            .put("upload_ms", uploaded.took().toMillis())
            .put("digest", Text.seal(uploaded.version()))
            .put("compared_files", compared.files())
            .put("compared_bytes", compared.bytes())
            .put("compare_ms", compared.took().toMillis())
            .put("write_gap_median_ms", gapMedian().toMillis())
            .put("write_gap_max_ms", gapMax().toMillis());
    ArrayNode each = json.putArray("write_gaps_ms");
    gaps.forEach(gap -> each.add(gap.toMillis()));
    ObjectNode memory = json.putObject("resident_bytes");
    new TreeMap<>(residentBytes).forEach(memory::put);
    return json;
  }

  /** The memory of the nodes in one line. */
  String memory() {
    StringBuilder text = new StringBuilder("memory:");
    residentBytes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            node ->
                text.append(' ')
                    .append(node.getKey())
                    .append(' ')
                    .append(node.getValue() == 0 ? "unknown" : Amounts.bytes(node.getValue())));
    return text.toString();
  }
}
