package io.balsa.client.routing;

import io.balsa.client.model.Endpoint;
import io.balsa.client.model.ReadOptions;

/** Which node a call is for. */
public sealed interface Aim {
  /**
   * The leader of a group, since it is the nearest to the log; every other node forwards.
   *
   * @param group "catalog" or "chunks-&lt;n&gt;"
   */
  record Leader(String group) implements Aim {}

  /** Any node, the nearest first. */
  record Nearest() implements Aim {}

  /**
   * This node and no other.
   *
   * @param endpoint where it is
   */
  record Only(Endpoint endpoint) implements Aim {}

  /** The catalog's leader. */
  static Leader catalog() {
    return new Leader("catalog");
  }

  /** The leader of a chunk group. */
  static Aim chunks(int group) {
    return new Leader("chunks-" + group);
  }

  /** As a reader asked. */
  static Aim of(ReadOptions options) {
    return options.node().<Aim>map(Only::new).orElseGet(Nearest::new);
  }
}
