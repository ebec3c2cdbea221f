package io.balsa.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where a verb's answer goes: to standard output, as text or as one JSON document, never both.
 * Notes go to standard error. Not thread-safe.
 */
public final class Output {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;
  private final boolean quiet;

  /**
   * An output.
   *
   * @param json true: JSON instead of text
   * @param quiet true: no notes
   */
  public Output(PrintStream out, PrintStream err, boolean json, boolean quiet) {
    this.out = out;
    this.err = err;
    this.json = json;
    this.quiet = quiet;
  }

  /** True where the answer is JSON. */
  public boolean isJson() {
    return json;
  }

  /** The whole answer, in the form that was asked for. */
  public void answer(Supplier<? extends JsonNode> document, Supplier<List<String>> text) {
    if (json) {
      out.println(document.get());
    } else {
      text.get().forEach(out::println);
    }
    out.flush();
  }

  /** One more line of an answer in text. */
  public void line(String text) {
    out.println(text);
  }

  /** Says something on the side. */
  public void note(String text) {
    if (!quiet) {
      err.println(text);
    }
  }

  /** Standard output itself, for a document that is written as it comes. */
  public PrintStream stream() {
    return out;
  }
}
