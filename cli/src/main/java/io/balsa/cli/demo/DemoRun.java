package io.balsa.cli.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.local.LocalCluster;
import io.balsa.cli.local.LocalFailed;
import io.balsa.cli.local.Pace;
import io.balsa.cli.render.Amounts;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the demo's story within its time, and cleans up after it: it leaves neither a process nor a
 * folder behind when it passes, no process when it fails (the folder stays for whoever asks why),
 * and neither when it is interrupted from the keyboard. Used once, by one thread.
 */
public final class DemoRun {
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final DemoOptions options;
  private final Narrator narrator;
  private final Function<ClientOptions, BalsaClient> connect;
  private final Pace pace;
  private final AtomicReference<@Nullable LocalCluster> cluster = new AtomicReference<>();

  /**
   * A run.
   *
   * @param connect makes a client
   * @param nanoTime a monotonic clock
   */
  public DemoRun(
      DemoOptions options,
      Narrator narrator,
      Function<ClientOptions, BalsaClient> connect,
      LongSupplier nanoTime) {
    this.options = options;
    this.narrator = narrator;
    this.connect = connect;
    this.pace = new Pace(nanoTime, options.limits().beat());
  }

  /**
   * Runs the demo.
   *
   * @return what was measured; empty where it failed, which has been told
   * @throws IOException if there is no place for its folder
   */
  public Optional<ObjectNode> run() throws IOException, InterruptedException {
    long begun = pace.now();
    Path folder = Files.createTempDirectory(options.temporary(), "balsa-demo-").toRealPath();
    Thread hook = new Thread(() -> vanish(folder), "balsa-demo-hook");
    Runtime.getRuntime().addShutdownHook(hook);
    DemoStory story = new DemoStory(options, folder, narrator, connect, pace);
    try {
      DemoReport report = withinTime(() -> story.run(cluster::set));
      cleanUp(folder);
      narrator.conclude("");
      narrator.conclude("PASS in " + Amounts.duration(pace.since(begun)));
      return Optional.of(report.json());
    } catch (ExecutionException e) {
      fail(reason(e.getCause()), folder);
      return Optional.empty();
    } catch (TimeoutException _) {
      fail("not done within " + Amounts.duration(options.limits().whole()), folder);
      return Optional.empty();
    } finally {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  /** On a thread of its own, so that nothing it waits for can hold up the end. */
  private DemoReport withinTime(Callable<DemoReport> story)
      throws ExecutionException, TimeoutException, InterruptedException {
    FutureTask<DemoReport> task = new FutureTask<>(story);
    Thread thread = Thread.ofPlatform().name("balsa-demo").daemon().start(task);
    try {
      return task.get(options.limits().whole().toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      if (!task.isDone()) {
        var _ = task.cancel(true);
        var _ = thread.join(LAST_WORDS);
      }
    }
  }

  private void cleanUp(Path folder) throws IOException {
    LocalCluster nodes = cluster.get();
    if (nodes != null && options.keep()) {
      tellHowToGoOn(nodes, folder);
    } else {
      if (nodes != null) {
        nodes.close();
      }
      LocalCluster.delete(folder);
    }
  }

  private void tellHowToGoOn(LocalCluster nodes, Path folder) {
    String addresses =
        nodes.endpoints().stream().map(Endpoint::toString).collect(Collectors.joining(","));
    String pids =
        nodes.nodes().stream()
            .map(node -> Long.toString(node.pid()))
            .collect(Collectors.joining(" "));
    narrator.say("the cluster keeps running; talk to it:");
    narrator.say("  export BALSA_NODES=" + addresses);
    narrator.say("  balsa cluster status");
    narrator.say("  balsa ls balsa://demo@v1/");
    narrator.say("and end it:");
    narrator.say("  kill -9 " + pids + " && rm -r " + folder);
  }

  private void fail(String why, Path folder) throws IOException {
    LocalCluster nodes = cluster.get();
    narrator.conclude("");
    narrator.conclude("FAIL " + narrator.where() + ": " + why);
    if (nodes == null) {
      LocalCluster.delete(folder);
      return;
    }
    nodes.retire();
    nodes.nodes().forEach(node -> narrator.conclude("  log of " + node.id() + ": " + node.log()));
    narrator.conclude("no process is left; the folder stays for you: " + folder);
  }

  private static String reason(@Nullable Throwable cause) {
    return switch (cause) {
      case null -> "for no reason that was told";
      case DemoFailed failed -> String.valueOf(failed.getMessage());
      case LocalFailed failed -> String.valueOf(failed.getMessage());
      default -> cause.toString();
    };
  }

  /** When the process is told to end. */
  private void vanish(Path folder) {
    LocalCluster nodes = cluster.get();
    if (nodes != null) {
      nodes.retire();
    }
    try {
      LocalCluster.delete(folder);
    } catch (IOException e) {
      narrator.conclude("cannot delete " + folder + ": " + e.getMessage());
    }
  }
}
