package io.balsa.service.observe;

import io.balsa.replica.FailStop;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fail-stop in production: one clear line, then the process ends at once, without shutdown hooks,
 * since nothing of what it holds can be trusted. Exit code {@link #EXIT_CODE}; a supervisor starts
 * it again. Thread-safe.
 */
public final class Halt implements FailStop {
  /** The exit code of a process that stopped itself. */
  public static final int EXIT_CODE = 70;

  /** The exit code of a process that a failpoint stopped. */
  public static final int FAILPOINT_EXIT_CODE = 71;

  private static final Logger log = LoggerFactory.getLogger(Halt.class);

  /** What saying why may take: whoever reads the log may be stuck, or the disk that it is on. */
  private static final Duration LAST_WORDS_MAX = Duration.ofMillis(500);

  private final AtomicBoolean halting = new AtomicBoolean();
  private final CountDownLatch ending = new CountDownLatch(1);

  /** Ready to end the process, with a thread that is there when no other can be made. */
  public Halt() {
    ProcessEnd.prepare();
    Thread.ofPlatform().daemon().name("balsa-end").start(this::endInAnyCase);
  }

  private void endInAnyCase() {
    try {
      ending.await();
      TimeUnit.NANOSECONDS.sleep(LAST_WORDS_MAX.toNanos());
      ProcessEnd.now(EXIT_CODE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Nobody does: there is no way to this thread.
    }
  }

  /** Ends the process as SIGKILL would, after one line that says where. */
  public static void atFailpoint(String what) {
    System.err.println("balsa: " + what);
    System.err.flush();
    ProcessEnd.now(FAILPOINT_EXIT_CODE);
  }

  /** What the disk said, below all that was made of it. */
  private static String root(Throwable cause) {
    if (cause.getCause() == null) {
      return "";
    }
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return " (" + root.getMessage() + ")";
  }

  @Override
  public void halt(String what, Throwable cause) {
    if (halting.compareAndSet(false, true)) {
      ending.countDown();
      log.error("the node stops: {}", what, cause);
      System.err.println("balsa: the node stops: " + what + ": " + cause + root(cause));
      System.err.flush();
      ProcessEnd.now(EXIT_CODE);
    }
  }
}
