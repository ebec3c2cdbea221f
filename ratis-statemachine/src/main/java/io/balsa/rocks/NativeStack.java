package io.balsa.rocks;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;

/** Native objects that live and die together: the last one owned is closed first. One thread. */
final class NativeStack implements AutoCloseable {
  private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();

  /** Takes over the closing of an object. */
  <T extends AbstractNativeReference> T own(T object) {
    owned.push(object);
    return object;
  }

  /** Closes all; again is harmless. */
  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
