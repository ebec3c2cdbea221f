package io.balsa.service.upkeep;

import io.balsa.replica.ChunkUpkeep;
import io.balsa.replica.ChunkUpkeep.MoveStep;
import io.balsa.service.admission.ByteRate;
import java.io.IOException;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Gives the dead space of a group's packs back: what is alive in wasteful packs is moved, and they
 * are deleted.
 *
 * @param rate how fast packs are read
 * @param stop ends it early
 * @param room that copies have on the disk
 */
record Compaction(ByteRate rate, StopSignal stop, CompactionRule.Room room) {
  private static final long STEP_BYTES_MAX = 1 << 20;

  /** Told what is going on. */
  @FunctionalInterface
  interface Listener {
    /** Changes the progress. */
    void on(UnaryOperator<Progress> change);
  }

  /**
   * Works on as long as there is a pack whose dead share exceeds a bound, or which is damaged, and
   * the disk has room for what is alive in it.
   *
   * @return true if none is left for now, false if it was stopped, or others took the room
   * @throws io.balsa.replica.StoreClosed not all is done
   * @throws IOException a store failed; the node must stop
   */
  boolean run(ChunkUpkeep group, double deadShareMax, Listener listener)
      throws IOException, InterruptedException {
    group.sealIfWasteful(deadShareMax);
    Set<Integer> tried = new HashSet<>();
    OptionalInt next = group.wasteful(deadShareMax, room.bytes());
    // One that cannot go yet is met again, and left for another time.
    while (next.isPresent() && tried.add(next.getAsInt())) {
      int pack = next.getAsInt();
      for (MoveStep step = new MoveStep(0, 0, false); !step.last(); ) {
        step = group.evacuate(pack, step.offset(), STEP_BYTES_MAX);
        long bytes = step.bytes();
        listener.on(progress -> progress.plus(bytes, 0));
        rate.take(bytes);
        // What was moved so far is dead in the pack, and another time goes on from there.
        if (stop.isStopped() || room.bytes() <= 0) {
          return false;
        }
      }
      long freed = group.discard(pack).orElse(0);
      listener.on(progress -> progress.freed(freed));
      next = group.wasteful(deadShareMax, room.bytes());
    }
    return true;
  }
}
