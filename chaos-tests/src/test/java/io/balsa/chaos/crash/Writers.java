package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Threads that put small objects without a pause and note what was acknowledged. */
final class Writers implements AutoCloseable {
  private final BalsaClient client;
  private final String dataset;
  private final Map<String, Sha256> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
  private final AtomicLong longestGapNanos = new AtomicLong();
  private final AtomicLong latestBeginNanos = new AtomicLong(Long.MIN_VALUE);
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();

  Writers(BalsaClient client, String dataset, int writers) {
    this.client = client;
    this.dataset = dataset;
    for (int number = 0; number < writers; number++) {
      int writer = number;
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .uncaughtExceptionHandler((_, problem) -> failure.set(problem))
              .start(() -> write(writer)));
    }
  }

  private void write(int writer) {
    for (int number = 0; !stop.get(); number++) {
      String path = writer + "/" + number;
      byte[] bytes = ByteBuffer.allocate(100).putInt(writer).putInt(number).array();
      long begin = System.nanoTime();
      put(path, bytes);
      latestBeginNanos.accumulateAndGet(begin, Math::max);
      acknowledged.put(path, Sha256.of(bytes));
      count.incrementAndGet();
      long now = System.nanoTime();
      longestGapNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
    }
  }

  /** Until it is acknowledged; an unknown outcome is settled under the same request id. */
  private void put(String path, byte[] bytes) {
    PutOptions options = PutOptions.DEFAULT;
    while (true) {
      switch (putOnce(path, bytes, options)) {
        case Result.Yes<Stored> _ -> {
          return;
        }
        case Result.No<Stored>(var refusal) ->
            assertThat(refusal.retryAfter()).as("%s", refusal).isPresent();
        case Result.Unknown<Stored>(String id, String _) ->
            options = options.with(WriteOptions.DEFAULT.withRequestId(id));
      }
    }
  }

  private Result<Stored> putOnce(String path, byte[] bytes, PutOptions options) {
    try {
      return client.objects().put(dataset, path, Source.of(bytes), options);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail", e);
    }
  }

  /** Waits for more acknowledgements. */
  void awaitMore(int more) {
    int target = count.get() + more;
    await()
        .atMost(ProcessCluster.PATIENCE)
        .until(() -> count.get() >= target || failure.get() != null);
    assertThat(failure).hasNullValue();
  }

  /** When the latest put began that was acknowledged, by {@link System#nanoTime}. */
  long latestBeginNanos() {
    return latestBeginNanos.get();
  }

  /** The longest time without an acknowledgement since the last call. */
  Duration longestGap() {
    return Duration.ofNanos(longestGapNanos.getAndSet(0));
  }

  /** Ends the threads; each finishes the put that it is at. May be called again. */
  void finish() {
    stop.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    assertThat(failure).hasNullValue();
  }

  @Override
  public void close() {
    finish();
  }

  /** Compares what a node lists with what was acknowledged. */
  void assertAllThere(ReadOptions read) {
    Map<String, Sha256> expected = Map.copyOf(acknowledged);
    Map<String, Sha256> listed = new HashMap<>();
    try (Stream<ListEntry> entries =
        client.objects().list(dataset, ListOptions.DEFAULT.with(read))) {
      entries.forEach(
          entry -> {
            ObjectStat object = ((ListEntry.Found) entry).object();
            listed.put(object.path(), object.digest());
          });
    }
    assertThat(listed).containsAllEntriesOf(expected);
  }
}
