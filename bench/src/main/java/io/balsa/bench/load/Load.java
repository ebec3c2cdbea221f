package io.balsa.bench.load;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * A load at full speed: as many closed loops as the plan says. Whatever must never happen (a wrong
 * byte, a level that is not kept, an acknowledged write that is gone) stops it and is in the {@link
 * Ledger}. Used by one thread.
 */
public final class Load implements AutoCloseable {
  private final Ledger ledger = new Ledger();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final Desk desk;
  private final List<Worker> workers = new ArrayList<>();
  private List<Thread> threads = List.of();

  /**
   * A load that has not begun. The dataset exists and is empty.
   *
   * @param nodes that reads are sent to
   * @param nanoTime a monotonic clock
   */
  public Load(Plan plan, BalsaClient client, List<Endpoint> nodes, LongSupplier nanoTime) {
    this.desk = new Desk(client, nodes, plan, ledger, stop, nanoTime);
    for (int i = 0; i < plan.workers(); i++) {
      workers.add(new Worker(desk, i, new SplittableRandom(plan.seed() * 1_000_003 + i)));
    }
  }

  /** What it did so far. */
  public Ledger ledger() {
    return ledger;
  }

  /** Begins. */
  public void start() {
    threads = spread("balsa-bench-load-", Worker::run);
  }

  /** False once it was stopped, by whom or what ever. */
  public boolean isRunning() {
    return !stop.get();
  }

  /** Waits until everything has ended that was under way. */
  public void stop() throws InterruptedException {
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Reads back everything that should be there. After {@link #stop}. */
  public void readBack() throws InterruptedException {
    for (Thread thread : spread("balsa-bench-check-", Worker::readBack)) {
      thread.join();
    }
  }

  /** What a worker does on its thread. */
  @FunctionalInterface
  private interface Turn {
    void take(Worker worker) throws IOException, InterruptedException;
  }

  private List<Thread> spread(String name, Turn turn) {
    List<Thread> begun = new ArrayList<>();
    for (int i = 0; i < workers.size(); i++) {
      Worker worker = workers.get(i);
      begun.add(Thread.ofPlatform().name(name + i).daemon().start(() -> take(turn, worker)));
    }
    return begun;
  }

  private void take(Turn turn, Worker worker) {
    try {
      turn.take(worker);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      // Outcomes are values; what is thrown is a defect of the load or of the SDK.
      desk.violated("a worker ended with " + e);
    }
  }

  /** Interrupts what is under way, and does not wait for its end. */
  @Override
  public void close() {
    stop.set(true);
    threads.forEach(Thread::interrupt);
  }
}
