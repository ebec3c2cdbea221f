package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.JsonList;
import io.balsa.cli.render.Output;
import io.balsa.client.model.Page;
import io.balsa.client.model.Read;
import io.balsa.client.model.Result;
import java.util.Optional;
import java.util.function.Function;

/**
 * Prints a list, page after page or only one page of it.
 *
 * @param pages asks for a page by its token
 * @param json an entry for programs
 * @param text an entry for people
 */
record Pager<T>(
    Function<String, Result<Read<Page<T>>>> pages,
    Function<T, ObjectNode> json,
    Function<T, String> text) {

  /**
   * Prints it.
   *
   * @throws io.balsa.client.model.RefusedException if a page cannot be had; what came before is
   *     printed
   */
  void print(Output output, PageFlags flags, ReadFlags read) {
    if (output.isJson()) {
      printJson(output, flags);
      return;
    }
    String token = flags.token();
    while (true) {
      Read<Page<T>> page = pages.apply(token).orElseThrow();
      page.value().items().forEach(item -> output.line(text.apply(item)));
      Optional<String> next = page.value().next();
      if (next.isEmpty() || flags.isOnePage()) {
        next.ifPresent(more -> output.note("there is more: --page " + more));
        read.tell(output, page.receipt());
        return;
      }
      token = next.get();
    }
  }

  private void printJson(Output output, PageFlags flags) {
    try (JsonList list = new JsonList(output.stream())) {
      String token = flags.token();
      while (true) {
        Read<Page<T>> page = pages.apply(token).orElseThrow();
        page.value().items().forEach(item -> list.add(json.apply(item)));
        Optional<String> next = page.value().next();
        if (next.isEmpty() || flags.isOnePage()) {
          ObjectNode end = Json.object().put("next", next.orElse(null));
          list.end(end.set("receipt", Json.receipt(page.receipt())));
          return;
        }
        token = next.get();
      }
    }
  }
}
