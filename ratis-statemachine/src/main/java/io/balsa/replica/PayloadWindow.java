package io.balsa.replica;

import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The newest payloads of a group in memory. Ratis asks for an entry's data to send it to followers,
 * possibly before it is written; soon after, nobody asks again. So unwritten payloads are kept
 * whatever they cost (the proposer bounds them), written ones while the window has room. Older ones
 * come from the packs. Thread-safe.
 */
final class PayloadWindow {
  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Slot> slots = new TreeMap<>();
  private long bytes;

  PayloadWindow(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  private static final class Slot {
    private final ByteString payload;
    private boolean written;

    Slot(ByteString payload) {
      this.payload = payload;
    }
  }

  /** Keeps an entry's payload; it is not written yet. */
  void put(long index, ByteString payload) {
    lock.lock();
    try {
      remove(slots.put(index, new Slot(payload)));
      bytes += payload.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The entry's payload is in the packs; it may be dropped from now on.
   *
   * @param payload the object that was {@link #put}: meanwhile the log may have cut that entry off
   *     and put another one at its index, which is not written yet
   */
  // The object and not its bytes: two entries may carry the same ones.
  @SuppressWarnings("ReferenceEquality")
  void written(long index, ByteString payload) {
    lock.lock();
    try {
      Slot slot = slots.get(index);
      if (slot != null && slot.payload == payload) {
        slot.written = true;
      }
      while (bytes > bytesMax && !slots.isEmpty() && slots.firstEntry().getValue().written) {
        remove(slots.pollFirstEntry().getValue());
      }
    } finally {
      lock.unlock();
    }
  }

  /** An entry's payload, where it is still here. */
  Optional<ByteString> get(long index) {
    lock.lock();
    try {
      return Optional.ofNullable(slots.get(index)).map(slot -> slot.payload);
    } finally {
      lock.unlock();
    }
  }

  /** Drops entries from an index on: the log has cut them off. */
  void truncate(long fromIndex) {
    lock.lock();
    try {
      var cut = slots.tailMap(fromIndex, true);
      cut.values().forEach(this::remove);
      cut.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Drops entries up to an index: nobody asks for them any more. */
  void forget(long upToIndex) {
    lock.lock();
    try {
      var gone = slots.headMap(upToIndex, true);
      gone.values().forEach(this::remove);
      gone.clear();
    } finally {
      lock.unlock();
    }
  }

  private void remove(@Nullable Slot slot) {
    if (slot != null) {
      bytes -= slot.payload.size();
    }
  }
}
