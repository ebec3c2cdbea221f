package io.balsa.service.observe;

import io.balsa.model.Limits;
import java.time.Duration;

/**
 * Something that is wrong with a node, as it tells it to operators and to the other members.
 *
 * @param code what a program switches on, 1 to {@link #CODE_LENGTH_MAX} characters
 * @param text what a person reads: what is wrong and what to do, at most {@link #TEXT_LENGTH_MAX}
 * @param since how long it has lasted, at least 0
 */
public record NodeProblem(String code, String text, Duration since) {
  /** Characters of a code. */
  public static final int CODE_LENGTH_MAX = 64;

  /** Characters of a text. */
  public static final int TEXT_LENGTH_MAX = 1_024;

  /** Checks the ranges. */
  public NodeProblem {
    Limits.require("problems.code length", code.length(), 1, CODE_LENGTH_MAX);
    Limits.require("problems.text length", text.length(), 0, TEXT_LENGTH_MAX);
    Limits.require("problems.since", since.toNanos(), 0, Long.MAX_VALUE);
  }
}
