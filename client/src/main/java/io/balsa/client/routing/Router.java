package io.balsa.client.routing;

import com.google.protobuf.MessageLite;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.Result;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Runs calls against the cluster. Thread-safe; {@link #run} blocks its caller and no other. Owns
 * the channels.
 */
public final class Router implements AutoCloseable {
  private final Nodes nodes;
  private final Leaders leaders = new Leaders();
  private final Scout scout;
  private final Timing timing;

  /**
   * A router that knows the options' endpoints; connects when it is used.
   *
   * @param nanoClock monotonic
   * @param random jitter; used by several threads at once
   */
  public Router(
      ClientOptions options,
      ChannelFactory channels,
      LongSupplier nanoClock,
      RandomGenerator random) {
    this.nodes = new Nodes(options.endpoints(), channels, nanoClock);
    this.timing = Timing.of(options, nanoClock, random);
    this.scout = new Scout(nodes, leaders, timing);
  }

  /** Runs a call within the options' deadline. Never throws for what a node or network does. */
  public <Q, A extends MessageLite, R> Result<R> run(Call<Q, A, R> call) {
    return run(call, timing.deadline());
  }

  /** Runs a call within another deadline. */
  public <Q, A extends MessageLite, R> Result<R> run(Call<Q, A, R> call, Duration deadline) {
    if (call.aim() instanceof Aim.Leader(String group) && leaders.of(group).isEmpty()) {
      // The call does not wait for it: any node forwards. The next calls will know.
      scout.ask();
    }
    return new Pursuit<>(call, nodes, leaders, scout, timing.withDeadline(deadline)).run();
  }

  /** Every node that is known: the options' first, then those that were learnt. */
  public List<Endpoint> endpoints() {
    return nodes.all().stream().map(Node::endpoint).toList();
  }

  /** Breaks off what is under way. */
  @Override
  public void close() {
    nodes.close();
  }
}
