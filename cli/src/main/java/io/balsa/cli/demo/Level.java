package io.balsa.cli.demo;

import io.balsa.client.model.Consistency;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ReadLevel;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.Snapshot;
import java.time.Duration;

/**
 * The read levels, in the order in which the demo reads: a linearizable read first, so that a node
 * which lags behind the publish has seen it before it is asked for less.
 */
enum Level {
  LINEARIZABLE(ReadLevel.LINEARIZABLE),
  AT_LEAST(ReadLevel.AT_LEAST),
  PINNED(ReadLevel.PINNED),
  BOUNDED(ReadLevel.BOUNDED),
  EVENTUAL(ReadLevel.EVENTUAL);

  static final Duration BOUND = Duration.ofMillis(500);

  private final ReadLevel served;

  Level(ReadLevel served) {
    this.served = served;
  }

  /** How the level is asked for on the command line. */
  String label(long revision) {
    return switch (this) {
      case LINEARIZABLE -> "linearizable";
      case AT_LEAST -> "at-least:" + revision;
      case PINNED -> "pinned (@" + FirstUpload.VERSION + ")";
      case BOUNDED -> "bounded:" + BOUND.toMillis() + "ms";
      case EVENTUAL -> "eventual";
    };
  }

  /** Asks one node at this level. */
  GetOptions options(Endpoint node, long revision) {
    ReadOptions here = ReadOptions.DEFAULT.onNode(node);
    return switch (this) {
      case LINEARIZABLE ->
          GetOptions.DEFAULT.with(here.withConsistency(Consistency.linearizable()));
      case AT_LEAST -> GetOptions.DEFAULT.with(here.withConsistency(Consistency.atLeast(revision)));
      case PINNED -> GetOptions.DEFAULT.at(Snapshot.atVersion(FirstUpload.VERSION)).with(here);
      case BOUNDED -> GetOptions.DEFAULT.with(here.withConsistency(Consistency.bounded(BOUND)));
      case EVENTUAL -> GetOptions.DEFAULT.with(here.withConsistency(Consistency.eventual()));
    };
  }

  /**
   * Holds a receipt against what was asked.
   *
   * @param node the name of the node that was asked
   * @param revision of the publish
   * @throws DemoFailed if it proves less
   */
  void check(ReadReceipt receipt, String node, long revision) throws DemoFailed {
    boolean young = receipt.age().isPresent() && receipt.age().get().compareTo(BOUND) <= 0;
    if (!receipt.node().equals(node)
        || receipt.level() != served
        || receipt.revision() < revision
        || (this == BOUNDED && !young)) {
      throw new DemoFailed("asked " + node + " for " + label(revision) + ", was given " + receipt);
    }
  }
}
