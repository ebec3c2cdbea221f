package io.balsa.chaos.cluster;

import io.balsa.service.BalsaNode;
import java.io.IOException;

/**
 * A node's process as a test starts it: {@link BalsaNode}, and an end when the test is gone. The
 * test holds the other end of the standard input, so even a test that was killed leaves no node
 * behind.
 */
public final class LeashedNode {
  private static final int UNLEASHED = 99;

  private LeashedNode() {}

  /** Takes the arguments of {@code balsa}. */
  public static void main(String[] arguments) {
    Thread.ofPlatform().daemon().name("leash").start(LeashedNode::haltWhenTheTestIsGone);
    BalsaNode.main(arguments);
  }

  private static void haltWhenTheTestIsGone() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes; the end is what we wait for.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    Runtime.getRuntime().halt(UNLEASHED);
  }
}
