package io.balsa.replica;

import io.balsa.model.GroupName;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds a replica's store while it is open. Calls are made under a lock, so that a store is never
 * closed under one's feet; where it is closed they are refused at once. Safe on every thread,
 * except that opening and closing are for one at a time.
 *
 * @param <S> the store
 */
final class StoreSlot<S extends StoreSlot.Store> {
  private final GroupName group;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private @Nullable S store;

  /** Out of the slot, and not closed yet because somebody still uses it. */
  private @Nullable S leaving;

  /** What the slot asks of a store. */
  interface Store {
    /** May be called again; fails where somebody still uses it. */
    void close() throws IOException;
  }

  /** What is done with the store if it is there. */
  @FunctionalInterface
  interface Visit<S> {
    void on(S store) throws IOException;
  }

  /** What is done with the store. */
  @FunctionalInterface
  interface Call<S, T> {
    T on(S store) throws IOException;
  }

  StoreSlot(GroupName group) {
    this.group = group;
  }

  /** Makes a call; {@link StoreClosed} where there is no store. */
  <T> T with(Call<S, T> call) throws IOException {
    lock.readLock().lock();
    try {
      if (store == null) {
        throw new StoreClosed(group);
      }
      return call.on(store);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Makes a visit, or does nothing where there is no store. */
  void ifOpen(Visit<S> visit) throws IOException {
    lock.readLock().lock();
    try {
      if (store != null) {
        visit.on(store);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** What the store tells; empty where there is none. */
  <T> Optional<T> peek(Function<S, T> look) {
    lock.readLock().lock();
    try {
      return Optional.ofNullable(store).map(look);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Puts a store in. */
  void put(S opened) {
    lock.writeLock().lock();
    try {
      store = opened;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Takes the store out, and closes it. Does nothing where there is none.
   *
   * @throws IOException also where somebody still uses it; call again
   */
  void close() throws IOException {
    lock.writeLock().lock();
    try {
      if (store != null) {
        leaving = store;
        store = null;
      }
    } finally {
      lock.writeLock().unlock();
    }
    S closing = leaving;
    if (closing != null) {
      closing.close();
      leaving = null;
    }
  }
}
