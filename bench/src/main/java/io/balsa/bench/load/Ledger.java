package io.balsa.bench.load;

import io.balsa.client.model.Refusal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the load did, counted. Thread-safe. */
public final class Ledger {
  private final Map<Kind, Latencies> latencies = new EnumMap<>(Kind.class);
  private final Map<Kind, LongAdder> done = new EnumMap<>(Kind.class);
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
  private final LongAdder written = new LongAdder();
  private final LongAdder read = new LongAdder();
  private final LongAdder liveObjects = new LongAdder();
  private final LongAdder liveBytes = new LongAdder();
  private final AtomicReference<@Nullable String> violation = new AtomicReference<>();

  /** An empty one. */
  public Ledger() {
    for (Kind kind : Kind.values()) {
      latencies.put(kind, new Latencies());
      done.put(kind, new LongAdder());
    }
  }

  void done(Kind kind, long nanos) {
    latency(kind).add(nanos);
    count(kind).increment();
  }

  private Latencies latency(Kind kind) {
    return Objects.requireNonNull(latencies.get(kind));
  }

  private LongAdder count(Kind kind) {
    return Objects.requireNonNull(done.get(kind));
  }

  void refused(Kind kind, Refusal refusal) {
    String why = refusal.reason().isEmpty() ? refusal.code().name() : refusal.reason();
    error(kind.label() + " refused: " + why);
  }

  void unknown(Kind kind) {
    error(kind.label() + " unknown, tried again");
  }

  void gaveUp(Kind kind) {
    error(kind.label() + " still unknown at the end");
  }

  private void error(String what) {
    errors.computeIfAbsent(what, _ -> new LongAdder()).increment();
  }

  void written(long bytes) {
    written.add(bytes);
  }

  void read(long bytes) {
    read.add(bytes);
  }

  void live(int objects, long bytes) {
    liveObjects.add(objects);
    liveBytes.add(bytes);
  }

  /** Something that must never happen has happened; the first counts. */
  void violated(String what) {
    violation.compareAndSet(null, what);
  }

  /** What happened that must never happen. */
  public Optional<String> violation() {
    return Optional.ofNullable(violation.get());
  }

  /** How many objects are there, as acknowledged. */
  public long liveObjects() {
    return liveObjects.sum();
  }

  /** Bytes of those. */
  public long liveBytes() {
    return liveBytes.sum();
  }

  /** How often each kind was done, since the beginning. */
  public long done(Kind kind) {
    return count(kind).sum();
  }

  /** Bytes that were put, since the beginning. */
  public long bytesWritten() {
    return written.sum();
  }

  /** Bytes that were read and compared, since the beginning. */
  public long bytesRead() {
    return read.sum();
  }

  /** How often something was refused or unknown, by what it was. */
  public Map<String, Long> errors() {
    Map<String, Long> sums = new TreeMap<>();
    errors.forEach((what, count) -> sums.put(what, count.sum()));
    return sums;
  }

  /**
   * Latencies since the last call.
   *
   * @param count how many
   * @param p50Millis NaN where there is none
   * @param p99Millis NaN where there is none
   */
  public record Latency(long count, double p50Millis, double p99Millis) {}

  /** Takes the latencies of a kind since the last call. */
  public Latency drain(Kind kind) {
    Latencies.Counted counted = latency(kind).drain();
    return new Latency(counted.total(), counted.quantileMillis(0.5), counted.quantileMillis(0.99));
  }
}
