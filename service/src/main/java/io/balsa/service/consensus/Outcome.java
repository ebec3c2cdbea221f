package io.balsa.service.consensus;

import io.balsa.model.LogPosition;
import java.util.Optional;

/**
 * What became of something that was proposed to a group.
 *
 * @param <T> what the state machine answers
 */
public sealed interface Outcome<T> {
  /**
   * Committed, and applied on this node.
   *
   * @param value the state machine's answer
   * @param at where in the log
   * @param <T> its type
   */
  record Committed<T>(T value, LogPosition at) implements Outcome<T> {}

  /**
   * This node does not lead the group. Certainly not proposed.
   *
   * @param leader who does, where known
   * @param <T> unused
   */
  record NotLeader<T>(Optional<Member> leader) implements Outcome<T> {}

  /**
   * The group's queue is full. Certainly not proposed; retry later.
   *
   * @param <T> unused
   */
  record Overloaded<T>() implements Outcome<T> {}

  /**
   * Proposed, and nobody here knows what became of it. A retry under the same request id, on any
   * node, settles it.
   *
   * @param why for logs and error messages
   * @param <T> unused
   */
  record Unknown<T>(String why) implements Outcome<T> {}
}
