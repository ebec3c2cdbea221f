package io.balsa.service.neighbours;

import io.balsa.service.consensus.Member;

/** Tells other members how this node is. */
@FunctionalInterface
public interface BeatSender {
  /** Sends a beat, or drops it where the one before is still on its way. Does not wait. */
  void send(Member to, Beat beat);
}
