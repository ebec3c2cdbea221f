package io.balsa.bench.load;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.Endpoint;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * What all workers share.
 *
 * @param nodes that reads are sent to
 * @param stop true: no worker begins anything more
 * @param nanoTime a monotonic clock
 */
record Desk(
    BalsaClient client,
    List<Endpoint> nodes,
    Plan plan,
    Ledger ledger,
    AtomicBoolean stop,
    LongSupplier nanoTime) {
  Desk {
    nodes = List.copyOf(nodes);
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** A thing that must never happen has happened: nothing goes on. */
  void violated(String what) {
    ledger.violated(what);
    stop.set(true);
  }
}
