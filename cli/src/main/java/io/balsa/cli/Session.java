package io.balsa.cli;

import io.balsa.cli.render.Output;
import io.balsa.cli.render.Progress;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a running verb works with. Used by the verb's own thread, which closes it. */
final class Session implements AutoCloseable {
  private final Surroundings surroundings;
  private final List<Endpoint> endpoints;
  private final Duration timeout;
  private final Output output;
  private final Progress.Style style;
  private @Nullable BalsaClient client;

  Session(
      Surroundings surroundings,
      List<Endpoint> endpoints,
      Duration timeout,
      Output output,
      Progress.Style style) {
    this.surroundings = surroundings;
    this.endpoints = endpoints;
    this.timeout = timeout;
    this.output = output;
    this.style = style;
  }

  /** The client; made when it is asked for first. */
  BalsaClient client() {
    BalsaClient made = client;
    if (made == null) {
      made = surroundings.connect().apply(options());
      client = made;
    }
    return made;
  }

  private ClientOptions options() {
    try {
      return ClientOptions.of(endpoints).withDeadline(timeout);
    } catch (IllegalArgumentException e) {
      throw VerbFailed.usage(Problem.words(e));
    }
  }

  /** The nodes to begin with. */
  List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Where the answer goes. */
  Output output() {
    return output;
  }

  /** The deadline of a call. */
  Duration timeout() {
    return timeout;
  }

  /** Everything that the process gives. */
  Surroundings surroundings() {
    return surroundings;
  }

  /** Begins to show progress. */
  Progress progress(Progress.Goal goal) {
    return new Progress(surroundings.streams().err(), style, surroundings.nanoTime(), goal);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
