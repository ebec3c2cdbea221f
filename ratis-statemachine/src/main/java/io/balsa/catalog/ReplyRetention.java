package io.balsa.catalog;

import io.balsa.command.CommandBatch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Drops replies that are too old, oldest first, a few with each new one: bounded work that
 * nevertheless catches up. One walk over the base serves the whole batch. Not thread-safe.
 */
final class ReplyRetention implements AutoCloseable {
  /** Two for each new reply, so that the number of old ones falls. */
  private static final int DROPPED_MAX = 2;

  private final CatalogView base;
  private final OverlayView view;
  private final CommandBatch.Stamp stamp;
  private CatalogView.@Nullable Cursor<ReplyRow> old;
  private Optional<ReplyRow> oldestInBase = Optional.empty();

  ReplyRetention(CatalogView base, OverlayView view, CommandBatch.Stamp stamp) {
    this.base = base;
    this.view = view;
    this.stamp = stamp;
  }

  /** To be called after each new reply. */
  void dropOldest() {
    for (int dropped = 0; dropped < DROPPED_MAX; dropped++) {
      advance();
      Optional<ReplyRow> oldest = oldestInBase.or(view::oldestNewReply);
      if (oldest.isEmpty() || !isTooOld(oldest.get())) {
        return;
      }
      view.remove(oldest.get());
      oldestInBase = Optional.empty();
    }
  }

  @Override
  public void close() {
    if (old != null) {
      old.close();
    }
  }

  private void advance() {
    if (old == null) {
      old = base.replies();
    }
    if (oldestInBase.isEmpty() && old.hasNext()) {
      oldestInBase = Optional.of(old.next());
    }
  }

  private boolean isTooOld(ReplyRow reply) {
    CatalogHead head = view.head();
    return head.revision() - reply.revision() > stamp.repliesKeptRevisions()
        || head.stampMillis() - reply.stampMillis() > stamp.repliesKeptMillis();
  }
}
