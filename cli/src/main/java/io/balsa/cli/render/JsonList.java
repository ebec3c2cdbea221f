package io.balsa.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;

/**
 * A JSON document with an array that is written as its entries come, so that a list of any length
 * takes no memory. Closed before its end it stays a valid document, which says {@code
 * "complete":false}. Not thread-safe.
 */
public final class JsonList implements AutoCloseable {
  private final PrintStream out;
  private boolean first = true;
  private boolean ended;

  /** Begins a document. */
  public JsonList(PrintStream out) {
    this.out = out;
    out.print("{\"entries\":[");
  }

  /** One more entry. */
  public void add(JsonNode entry) {
    out.print(first ? "" : ",");
    out.print(entry);
    first = false;
  }

  /** Ends the document with further fields. */
  public void end(ObjectNode fields) {
    ObjectNode rest = fields.deepCopy().put("complete", true);
    out.println("]," + rest.toString().substring(1));
    ended = true;
  }

  @Override
  public void close() {
    if (!ended) {
      out.println("],\"complete\":false}");
    }
    out.flush();
  }
}
