package io.balsa.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.cli.render.Progress;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far work on a node is, from totals that the node tells now and then. Thread-safe.
 * Ctrl-C ends the process and with it the call, upon which the node ends the work and leaves all
 * whole.
 */
final class NodeWork implements AutoCloseable {
  private final Session session;
  private final String label;

  @GuardedBy("this")
  private @Nullable Progress progress;

  @GuardedBy("this")
  private long shown;

  NodeWork(Session session, String label) {
    this.session = session;
    this.label = label;
  }

  /**
   * So many bytes are done.
   *
   * @param total how many there are; 0 where that is not known
   */
  synchronized void reached(long bytes, long total) {
    Progress begun = progress;
    if (begun == null) {
      OptionalLong all = total > 0 ? OptionalLong.of(total) : OptionalLong.empty();
      begun = session.progress(new Progress.Goal(label, OptionalLong.of(1), all));
      progress = begun;
    }
    begun.advance(0, Math.max(0, bytes - shown));
    shown = Math.max(shown, bytes);
  }

  @Override
  public synchronized void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
