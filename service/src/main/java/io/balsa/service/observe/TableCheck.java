package io.balsa.service.observe;

import io.balsa.replica.FailStop;
import io.balsa.replica.GroupStateMachine;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;

/**
 * Reads every RocksDB table of the node once, soon after its start: rot that happened while it was
 * down is found before somebody needs the block. A store that is corrupt, or that the disk goes on
 * failing to read, is condemned and stops the node; one that cannot be read for once, or for want
 * of memory or file handles, only stops it. One thread of its own.
 */
public final class TableCheck implements AutoCloseable {
  private final Thread thread;

  /** Starts to read. */
  public TableCheck(List<GroupStateMachine> replicas, FailStop failStop) {
    List<GroupStateMachine> all = List.copyOf(replicas);
    thread =
        Thread.ofPlatform().daemon().name("balsa-table-check").start(() -> check(all, failStop));
  }

  private static void check(List<GroupStateMachine> replicas, FailStop failStop) {
    for (GroupStateMachine replica : replicas) {
      try {
        replica.verifyTables();
      } catch (InterruptedIOException e) {
        return;
      } catch (IOException | RuntimeException | Error e) {
        failStop.halt("cannot check the store of " + replica.name(), e);
      }
    }
  }

  /** Ends the thread, and waits for that. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
