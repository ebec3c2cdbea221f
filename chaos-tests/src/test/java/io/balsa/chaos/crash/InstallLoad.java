package io.balsa.chaos.crash;

import static org.awaitility.Awaitility.await;

import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A writer of new objects and a reader of acknowledged ones, at a gentle pace, on threads of their
 * own. Each object is unlike all others, and is read as a whole and compared: from wherever the
 * client likes, and from each node by name, which answers right or refuses. The other methods are
 * for one thread.
 */
final class InstallLoad implements AutoCloseable {
  private static final String DATASET = "demo";
  private static final int LARGE_OBJECTS = 16;
  private static final int LARGE_BYTES = 1 << 20;
  private static final int ROWS = 200;
  private static final int ROW_BYTES = 6_000;
  private static final int PAUSE_MILLIS = 20;
  private static final Duration IMPATIENT = Duration.ofSeconds(2);

  private final BalsaClient client;
  private final BalsaClient impatient;
  private final List<Endpoint> nodes;
  private final Random random;
  private final Random drawing;
  private final Random checking;
  private final Map<String, Content> acknowledged = new ConcurrentHashMap<>();
  private final List<String> paths = new ArrayList<>();
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final ReentrantLock writing = new ReentrantLock(true);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  InstallLoad(ProcessCluster cluster, BalsaClient client, long seed) {
    this.client = client;
    this.nodes = cluster.endpoints();
    this.impatient =
        BalsaClient.connect(ClientOptions.of(cluster.endpoints()).withDeadline(IMPATIENT));
    this.random = new Random(seed);
    this.drawing = new Random(seed + 1);
    this.checking = new Random(seed + 2);
  }

  /** Puts what makes a transfer last, and begins. */
  void begin() throws IOException {
    client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
    for (int i = 0; i < LARGE_OBJECTS; i++) {
      put("large/" + i, Content.of(random.nextLong(), LARGE_BYTES), PutOptions.DEFAULT);
    }
    for (int i = 0; i < ROWS; i++) {
      String filler =
          random
              .ints(ROW_BYTES, 33, 127)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      put(
          "row/" + i,
          Content.of(random.nextLong(), 100),
          PutOptions.DEFAULT.withMetadata(Map.of("filler", filler)));
    }
    threads.add(start("install-writer", this::write));
    threads.add(start("install-reader", this::read));
  }

  /** A step of a thread. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private Thread start(String name, Step step) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try {
                while (!stopped) {
                  step.run();
                  Thread.sleep(PAUSE_MILLIS);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (IOException | RuntimeException | Error e) {
                failure.compareAndSet(null, e);
              }
            });
  }

  private void write() throws IOException {
    writing.lock();
    try {
      int number = writes.get();
      int length = number % 16 == 0 ? 100_000 : 1 + random.nextInt(2_000);
      put("small/" + number, Content.of(random.nextLong(), length), PutOptions.DEFAULT);
      writes.incrementAndGet();
    } finally {
      writing.unlock();
    }
  }

  /** Until it is acknowledged; an unknown outcome is settled under the same request id. */
  private void put(String path, Content content, PutOptions options) throws IOException {
    PutOptions asked = options;
    while (!stopped) {
      switch (client.objects().put(DATASET, path, Source.of(content.bytes()), asked)) {
        case Result.Yes<?> _ -> {
          acknowledged.put(path, content);
          synchronized (paths) {
            paths.add(path);
          }
          return;
        }
        case Result.No<?>(Refusal refusal) -> require(CrashWriter.PASSING, path, refusal);
        case Result.Unknown<?>(String id, String _) ->
            asked = options.with(WriteOptions.DEFAULT.withRequestId(id));
      }
    }
  }

  private void read() throws IOException {
    String path;
    synchronized (paths) {
      path = paths.get(drawing.nextInt(paths.size()));
    }
    ReadOptions onNode = ReadOptions.DEFAULT.onNode(nodes.get(drawing.nextInt(nodes.size())));
    Set<RefusalCode> allowed = EnumSet.copyOf(CrashWriter.PASSING);
    ReadOptions read =
        switch (drawing.nextInt(3)) {
          case 0 -> ReadOptions.DEFAULT;
          case 1 -> onNode;
          default -> {
            // A member that is being brought up may not have it yet.
            allowed.add(RefusalCode.NOT_FOUND);
            yield onNode.withConsistency(Consistency.eventual());
          }
        };
    if (isRead(impatient, path, read, allowed)) {
      reads.incrementAndGet();
    }
  }

  /** False where it is refused for a reason that is allowed. */
  private boolean isRead(BalsaClient by, String path, ReadOptions read, Set<RefusalCode> allowed)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    return switch (by.objects().get(DATASET, path, GetOptions.DEFAULT.with(read), bytes)) {
      case Result.Yes<?> _ -> {
        if (!Sha256.of(bytes.toByteArray()).equals(acknowledged.get(path).digest())) {
          throw new Violation(path + " has other bytes, read " + read);
        }
        yield true;
      }
      case Result.No<?>(Refusal refusal) -> {
        require(allowed, path, refusal);
        yield false;
      }
      case Result.Unknown<?> unknown -> throw new Violation("a read is " + unknown);
    };
  }

  private static void require(Set<RefusalCode> allowed, String path, Refusal refusal) {
    if (!allowed.contains(refusal.code())) {
      throw new Violation(path + " is refused: " + refusal);
    }
  }

  /** Throws what ended a thread, if something did. */
  void requireGoingOn() {
    Throwable cause = failure.get();
    if (cause != null) {
      throw new Violation(String.valueOf(cause.getMessage()), cause);
    }
  }

  int writes() {
    return writes.get();
  }

  int reads() {
    return reads.get();
  }

  /** Waits for more acknowledgements. */
  void awaitMore(int more) {
    int target = writes.get() + more;
    await()
        .atMost(ProcessCluster.PATIENCE)
        .until(
            () -> {
              requireGoingOn();
              return writes.get() >= target;
            });
  }

  /** No write is under way when this returns, and none begins. */
  void pause() {
    writing.lock();
  }

  /** Ends a pause. */
  void resume() {
    writing.unlock();
  }

  /**
   * Asks a node and no other, at both ends of freshness: it lists all that was acknowledged, and
   * gives the right bytes of a drawn part of it.
   *
   * @param bytesOfMax objects whose bytes are read
   * @return how many objects were acknowledged
   */
  int check(Endpoint node, int bytesOfMax) throws IOException {
    Map<String, Content> known = new TreeMap<>(acknowledged);
    List<String> drawn = new ArrayList<>(known.keySet());
    Collections.shuffle(drawn, checking);
    ReadOptions linearizable = ReadOptions.DEFAULT.onNode(node);
    for (ReadOptions read :
        List.of(linearizable, linearizable.withConsistency(Consistency.eventual()))) {
      requireListed(known, read);
      for (String path : drawn.subList(0, Math.min(drawn.size(), bytesOfMax))) {
        requireRead(path, read);
      }
    }
    return known.size();
  }

  private void requireRead(String path, ReadOptions read) throws IOException {
    do {
      requireGoingOn();
    } while (!isRead(client, path, read, CrashWriter.PASSING));
  }

  private void requireListed(Map<String, Content> known, ReadOptions read) {
    Map<String, Sha256> listed = new TreeMap<>();
    try (Stream<ListEntry> entries =
        client.objects().list(DATASET, ListOptions.DEFAULT.with(read))) {
      entries.forEach(
          entry -> {
            ObjectStat object = ((ListEntry.Found) entry).object();
            listed.put(object.path(), object.digest());
          });
    }
    known.forEach(
        (path, content) -> {
          if (!content.digest().equals(listed.get(path))) {
            throw new Violation(path + " is listed as " + listed.get(path) + ", read " + read);
          }
        });
  }

  @Override
  public void close() {
    stopped = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    impatient.close();
  }
}
