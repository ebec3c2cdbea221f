package io.balsa.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what became of a folder's files, and tells the listener, one at a time. Thread-safe. */
final class Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final int PROBLEMS_MAX = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final UploadListener listener;

  @GuardedBy("lock")
  private long files;

  @GuardedBy("lock")
  private long bytes;

  @GuardedBy("lock")
  private long bytesSent;

  @GuardedBy("lock")
  private long refused;

  @GuardedBy("lock")
  private long unknown;

  @GuardedBy("lock")
  private final List<String> problems = new ArrayList<>();

  Progress(UploadListener listener) {
    this.listener = listener;
  }

  void settled(String path, Result<Stored> result) {
    lock.lock();
    try {
      switch (result) {
        case Result.Yes<Stored>(Stored stored) -> {
          files++;
          bytes += stored.size();
          tell(() -> listener.acknowledged(path, stored));
        }
        case Result.No<Stored>(Refusal refusal) -> {
          refused++;
          problem(path + ": " + refusal);
          tell(() -> listener.refused(path, refusal));
        }
        case Result.Unknown<Stored> outcome -> {
          unknown++;
          problem(path + ": unknown, " + outcome.why());
          tell(() -> listener.unknown(path, outcome));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** A listener that fails must not take the other files of its batch with it. */
  private static void tell(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("upload listener failed");
    }
  }

  /** Counts bytes that went to the cluster, whatever becomes of their files. */
  void sent(long count) {
    lock.lock();
    try {
      bytesSent += count;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void problem(String line) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(line);
    }
  }

  UploadSummary summary() {
    lock.lock();
    try {
      return new UploadSummary(files, bytes, bytesSent, refused, unknown, problems);
    } finally {
      lock.unlock();
    }
  }
}
