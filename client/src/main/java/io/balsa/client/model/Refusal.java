package io.balsa.client.model;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Why something certainly did not happen.
 *
 * @param code its kind
 * @param reason {@code balsa.v1.ErrorReason} without its prefix, such as {@code OBJECT_EXISTS};
 *     empty where the refusal did not come from a node
 * @param message what a person reads
 * @param metadata the facts, by the names that {@code balsa.v1.ErrorReason} tells
 * @param retryAfter when to try again, where that helps
 */
public record Refusal(
    RefusalCode code,
    String reason,
    String message,
    Map<String, String> metadata,
    Optional<Duration> retryAfter) {
  /** Takes a copy. */
  public Refusal {
    metadata = Map.copyOf(metadata);
  }

  /** A refusal without further facts. */
  public static Refusal of(RefusalCode code, String reason, String message) {
    return new Refusal(code, reason, message, Map.of(), Optional.empty());
  }

  /** True where this is the reason. */
  public boolean is(String otherReason) {
    return reason.equals(otherReason);
  }

  /** One line: reason or code, then the message. */
  @Override
  public String toString() {
    return (reason.isEmpty() ? code.name() : reason) + ": " + message;
  }
}
