package io.balsa.cli.demo;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts small objects one after another, on a thread of its own, until it is closed. What is not
 * acknowledged is counted and not repeated: the SDK has done what can be done.
 */
final class SteadyWriter implements AutoCloseable {
  /** So that a forgotten writer ends. */
  private static final int WRITES_MAX = 100_000;

  /** Leaves most of the machine to the upload; still much finer than what is measured. */
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final BalsaClient client;
  private final String dataset;
  private final String prefix;
  private final LongSupplier nanoTime;
  private final WriteLog log = new WriteLog();
  private final AtomicLong others = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread;
  private volatile boolean stopped;

  SteadyWriter(BalsaClient client, String dataset, String prefix, LongSupplier nanoTime) {
    this.client = client;
    this.dataset = dataset;
    this.prefix = prefix;
    this.nanoTime = nanoTime;
    this.thread = Thread.ofPlatform().name("balsa-demo-writer").daemon().unstarted(this::write);
  }

  void start() {
    thread.start();
  }

  private void write() {
    try {
      for (int i = 0; i < WRITES_MAX && !stopped; i++) {
        writeOne(i);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    } catch (IOException | RuntimeException e) {
      failure.set(e);
    }
  }

  private void writeOne(int number) throws IOException {
    String path = prefix + "write-" + number;
    byte[] bytes = (dataset + "/" + path).getBytes(StandardCharsets.UTF_8);
    long begun = nanoTime.getAsLong();
    Result<Stored> outcome =
        client.objects().put(dataset, path, Source.of(bytes), PutOptions.DEFAULT);
    long ended = nanoTime.getAsLong();
    if (outcome.isYes()) {
      log.add(new WriteLog.Write(path, Sha256.of(bytes), begun, ended));
    } else {
      others.incrementAndGet();
    }
  }

  WriteLog log() {
    return log;
  }

  /** Writes that were refused or whose outcome is unknown. */
  long notAcknowledged() {
    return others.get();
  }

  /** Fails where the writer has ended by itself. */
  void check() throws DemoFailed {
    Exception thrown = failure.get();
    if (thrown != null) {
      throw new DemoFailed("the small writes ended: " + thrown);
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Lets the write end that is under way, and begins no other. */
  void stop() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      // Whoever waits has no time left: the write under way is given up as well.
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
