package io.balsa.service.upkeep;

import io.balsa.replica.StoreClosed;
import io.balsa.rocks.StorageFailure;
import io.balsa.service.admission.ByteRate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Reads targets from a place on to the end, once. A target that is closed for the moment is waited
 * for, and one that is damaged beyond repair is told.
 *
 * @param targets in order
 * @param rate how fast
 * @param stop ends it early
 * @param corrupt told of damaged stores
 */
record ScrubPass(List<ScrubTarget> targets, ByteRate rate, StopSignal stop, CorruptStores corrupt) {
  private static final long STEP_BYTES_MAX = 1 << 20;
  private static final Duration CLOSED_PAUSE = Duration.ofSeconds(1);

  /** Told after each step. */
  @FunctionalInterface
  interface Listener {
    /**
     * A step was done.
     *
     * @param target its number
     */
    void stepped(int target, ScrubTarget.Step step) throws IOException;
  }

  /** Bytes of all targets, about. */
  long bytes() throws IOException {
    long bytes = 0;
    for (ScrubTarget target : targets) {
      bytes += target.bytes();
    }
    return bytes;
  }

  /**
   * Reads on.
   *
   * @param first the number of the target to begin with
   * @param from where in it
   * @return true if the end was reached, false if it was stopped
   * @throws IOException a target cannot be read, for another reason than its content
   */
  boolean run(int first, ScrubTarget.Cursor from, Listener listener)
      throws IOException, InterruptedException {
    ScrubTarget.Cursor cursor = from;
    for (int number = first; number < targets.size(); ) {
      ScrubTarget.Step step;
      try {
        step = targets.get(number).step(cursor, STEP_BYTES_MAX);
      } catch (StoreClosed e) {
        if (stop.await(CLOSED_PAUSE)) {
          return false;
        }
        continue;
      } catch (StorageFailure e) {
        if (!e.isCorruption()) {
          throw e; // Of the disk or the machine, perhaps for once: no reason to give a store up.
        }
        corrupt.onCorruptStore(targets.get(number).group(), e);
        step = new ScrubTarget.Step(ScrubTarget.Cursor.START, 0, 1, true);
      }
      listener.stepped(number, step);
      cursor = step.last() ? ScrubTarget.Cursor.START : step.next();
      number += step.last() ? 1 : 0;
      rate.take(step.bytes());
      if (stop.isStopped()) {
        return number == targets.size();
      }
    }
    return true;
  }
}
