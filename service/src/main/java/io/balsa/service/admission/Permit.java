package io.balsa.service.admission;

import io.balsa.model.BrokenInvariant;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An admitted call's share of the node. It begins with one holder; a thread that goes on working
 * for the call after its callbacks have returned becomes another. When the last holder has let go,
 * everything is given back. Thread-safe.
 */
public final class Permit {
  private final Admission admission;
  private final ReentrantLock lock = new ReentrantLock();
  private long bytes;
  private int holders = 1;

  Permit(Admission admission, long bytes) {
    this.admission = admission;
    this.bytes = bytes;
  }

  /**
   * Takes more bytes.
   *
   * @return false where the node has no more to give; nothing changed
   */
  public boolean tryGrow(long more) {
    lock.lock();
    try {
      BrokenInvariant.check(holders > 0, "a permit that was given back does not grow", more);
      boolean grown = admission.tryAddBytes(more);
      if (grown) {
        bytes += more;
      }
      return grown;
    } finally {
      lock.unlock();
    }
  }

  /** Gives bytes back; at most those that it holds. */
  public void shrink(long fewer) {
    lock.lock();
    try {
      BrokenInvariant.check(holders > 0 && fewer <= bytes, "a permit holds what it gives", fewer);
      bytes -= fewer;
      admission.subtractBytes(fewer);
    } finally {
      lock.unlock();
    }
  }

  /** Adds a holder, who must {@link #release} it. Call it while being a holder. */
  public void hold() {
    lock.lock();
    try {
      BrokenInvariant.check(holders > 0, "a permit that was given back is not held again");
      holders++;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go; each holder once. */
  public void release() {
    lock.lock();
    try {
      BrokenInvariant.check(holders > 0, "each holder lets go once");
      if (--holders == 0) {
        admission.endCall(bytes);
        bytes = 0;
      }
    } finally {
      lock.unlock();
    }
  }
}
