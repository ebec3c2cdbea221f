package io.balsa.client.model;

import java.util.Optional;

/**
 * How to read.
 *
 * @param consistency how fresh; empty means linearizable, or pinned where a version is named
 * @param node ask this node and no other; empty means the nearest that can answer
 */
public record ReadOptions(Optional<Consistency> consistency, Optional<Endpoint> node) {
  /** Linearizable (pinned where a version is named), from the nearest node. */
  public static final ReadOptions DEFAULT = new ReadOptions(Optional.empty(), Optional.empty());

  /** These options with a consistency. */
  public ReadOptions withConsistency(Consistency value) {
    return new ReadOptions(Optional.of(value), node);
  }

  /** These options for one node: its answer or its refusal is the result. */
  public ReadOptions onNode(Endpoint value) {
    return new ReadOptions(consistency, Optional.of(value));
  }
}
