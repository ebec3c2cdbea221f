package io.balsa.service.upkeep;

import io.balsa.chunk.Disk;
import io.balsa.model.LogKeys;
import io.balsa.replica.FailStop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads everything on the node, round after round, slowly. Goes on after a restart about where it
 * was. One thread of its own.
 */
final class Scrubber implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Scrubber.class);

  /** After so many bytes the place is noted on disk: so much is read again after a crash. */
  private static final long NOTE_EVERY_BYTES = 256L << 20;

  private static final Duration LOOK_PAUSE_MAX = Duration.ofSeconds(60);

  private final Rule rule;
  private final ScrubPass pass;
  private final Path folder;
  private final Clock clock;
  private final FailStop failStop;
  private final StopSignal stop;
  private final Thread thread;
  private volatile ScrubNote note;
  private long notedBytes;

  /**
   * How to scrub.
   *
   * @param bytesPerSecond at most
   * @param pause from the end of one round to the start of the next
   */
  record Rule(long bytesPerSecond, Duration pause) {}

  /**
   * Starts.
   *
   * @param folder where the place is noted
   * @param clock for the pause, and to be shown
   */
  Scrubber(
      List<ScrubTarget> targets,
      Rule rule,
      Path folder,
      Clock clock,
      CorruptStores corrupt,
      FailStop failStop)
      throws IOException {
    this.rule = rule;
    this.folder = folder;
    this.clock = clock;
    this.failStop = failStop;
    stop = new StopSignal();
    pass = new ScrubPass(List.copyOf(targets), stop.rate(rule.bytesPerSecond), stop, corrupt);
    note = ScrubNote.read(Disk.real(), folder);
    thread = Thread.ofPlatform().daemon().name("balsa-scrub").start(this::run);
  }

  /** Where it is. */
  ScrubNote note() {
    return note;
  }

  private void run() {
    try {
      while (!stop.await(untilNextRound())) {
        if (untilNextRound().isZero()) {
          round();
        }
      }
    } catch (InterruptedException e) {
      log.debug("the scrub was interrupted", e);
    } catch (IOException | RuntimeException | Error e) {
      failStop.halt("the scrub failed", e);
    }
  }

  /** The rest of the pause, but not so long that a clock that was set back stops us for good. */
  private Duration untilNextRound() {
    ScrubNote at = note;
    if (!at.target().isEmpty() || at.completedMillis() == 0) {
      return Duration.ZERO;
    }
    long now = clock.millis();
    long next = at.completedMillis() + rule.pause.toMillis();
    if (now >= next || now < at.completedMillis()) {
      return Duration.ZERO;
    }
    return Duration.ofMillis(Math.min(next - now, LOOK_PAUSE_MAX.toMillis()));
  }

  private void round() throws IOException, InterruptedException {
    int first = numberOf(note.target());
    if (first < 0) {
      first = 0;
      note =
          new ScrubNote("", ScrubTarget.Cursor.START, clock.millis(), 0, 0, note.completedMillis());
    }
    notedBytes = note.bytesDone();
    if (pass.run(first, note.cursor(), this::stepped)) {
      ScrubNote at = note;
      note =
          new ScrubNote(
              "",
              ScrubTarget.Cursor.START,
              at.startedMillis(),
              at.bytesDone(),
              at.found(),
              clock.millis());
      log.atInfo()
          .addKeyValue(LogKeys.BYTES, at.bytesDone())
          .addKeyValue("found", at.found())
          .log("everything was scrubbed");
    }
    keep(note);
  }

  /** A note is only a hint, so a full disk, say, is no reason to stop the node. */
  private void keep(ScrubNote now) {
    try {
      now.write(Disk.real(), folder);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue(LogKeys.FILE, folder)
          .setCause(e)
          .log("cannot note the scrub's place");
    }
  }

  private int numberOf(String target) {
    return pass.targets().stream().map(ScrubTarget::name).toList().indexOf(target);
  }

  private void stepped(int target, ScrubTarget.Step step) {
    boolean more = step.last() && target + 1 < pass.targets().size();
    String at = pass.targets().get(more ? target + 1 : target).name();
    ScrubNote now = note.after(at, step);
    note = now;
    if (now.bytesDone() - notedBytes >= NOTE_EVERY_BYTES) {
      notedBytes = now.bytesDone();
      keep(now);
    }
  }

  @Override
  public void close() {
    stop.stop(thread);
  }
}
