package io.balsa.chunk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Packs kept open for reading, the least recently used given up first. At most {@code openPacksMax}
 * are kept; one that is given up while somebody reads from it stays open until that reader is done.
 * Safe on every thread.
 */
final class PackHandles implements AutoCloseable {
  private final PackFolder folder;

  @GuardedBy("this")
  private final Map<Integer, Handle> kept = new LinkedHashMap<>(16, 0.75f, true);

  PackHandles(PackFolder folder) {
    this.folder = folder;
  }

  /** One open file. Its fields belong to the lock of the enclosing object. */
  static final class Handle {
    private final int pack;
    private final DiskFile file;
    private int readers;
    private boolean kept = true;

    private Handle(int pack, DiskFile file) {
      this.pack = pack;
      this.file = file;
    }

    DiskFile file() {
      return file;
    }
  }

  /**
   * Opens a pack, or takes one that is open; {@link #release} it.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such pack
   */
  synchronized Handle lease(int pack) throws IOException {
    Handle handle = kept.get(pack);
    if (handle == null) {
      handle = new Handle(pack, folder.disk().openToRead(folder.file(pack)));
      kept.put(pack, handle);
    }
    handle.readers++;
    if (kept.size() > folder.options().openPacksMax()) {
      drop(kept.values().iterator().next());
    }
    return handle;
  }

  /** Ends a reader's use of a pack. */
  synchronized void release(Handle handle) throws IOException {
    handle.readers--;
    closeIfUnused(handle);
  }

  /** Forgets a file that is of no more use; the next lease opens it anew. */
  synchronized void drop(Handle handle) throws IOException {
    kept.remove(handle.pack, handle);
    handle.kept = false;
    closeIfUnused(handle);
  }

  /** Forgets a pack whose file is about to go. Readers that are at it end undisturbed. */
  synchronized void forget(int pack) throws IOException {
    Handle handle = kept.get(pack);
    if (handle != null) {
      drop(handle);
    }
  }

  /** Forgets all files. Readers that are at it end undisturbed. */
  @Override
  public synchronized void close() throws IOException {
    List<Handle> all = new ArrayList<>(kept.values());
    for (Handle handle : all) {
      drop(handle);
    }
  }

  private static void closeIfUnused(Handle handle) throws IOException {
    if (handle.readers == 0 && !handle.kept) {
      handle.file.close();
    }
  }
}
