package io.balsa.failpoint;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A durable step. It is passed before, after and, where it can be half done, midway. */
public enum Failpoint {
  /** A file gets a name. */
  DISK_CREATE("disk.create"),
  /** Bytes go to a file; midway half of them are there. */
  DISK_WRITE("disk.write"),
  /** A file is cut. */
  DISK_TRUNCATE("disk.truncate"),
  /** A file is forced. */
  DISK_SYNC("disk.sync"),
  /** A folder is made. */
  DISK_CREATE_FOLDER("disk.create-folder"),
  /** A file or folder gets another name. */
  DISK_RENAME("disk.rename"),
  /** A file gets a second name. */
  DISK_LINK("disk.link"),
  /** A name is removed. */
  DISK_DELETE("disk.delete"),
  /** The names in a folder are forced. */
  DISK_SYNC_FOLDER("disk.sync-folder"),
  /** A batch of rows goes to RocksDB's memory. */
  ROWS_COMMIT("rows.commit"),
  /** RocksDB makes its memory durable. */
  ROWS_FLUSH("rows.flush"),
  /** RocksDB makes a copy of links. */
  ROWS_CHECKPOINT("rows.checkpoint"),
  /**
   * A piece of a lent snapshot is read, to be sent: nothing durable, but where a source may die.
   */
  SNAPSHOT_READ("snapshot.read"),
  /** Ratis hands over an entry's chunks, ahead of the entry. */
  LOG_WRITE("log.write"),
  /** Ratis wants the chunks durable, ahead of its own force. */
  LOG_FLUSH("log.flush"),
  /** Ratis cuts its log. */
  LOG_TRUNCATE("log.truncate"),
  /** A committed entry is applied. */
  APPLY("apply"),
  /** A store is flushed so that the log may be purged. */
  TAKE_SNAPSHOT("take-snapshot");

  /** When a step is passed. */
  public enum Moment {
    /** Nothing of it is done. */
    BEFORE,
    /** A part of it is done. */
    MIDWAY,
    /** It is done, and nobody was told. */
    AFTER
  }

  private static volatile @Nullable FailpointPlan armed;

  private final String text;

  Failpoint(String text) {
    this.text = text;
  }

  /** Follows a plan from now on, in the whole process. */
  public static void arm(FailpointPlan plan) {
    armed = plan;
  }

  /** Follows no plan any more. */
  public static void disarm() {
    armed = null;
  }

  /** True where a plan is followed. */
  public static boolean isArmed() {
    return armed != null;
  }

  /** The name in plans, such as {@code disk.sync}. */
  public String text() {
    return text;
  }

  static Optional<Failpoint> of(String text) {
    return Stream.of(values()).filter(point -> point.text.equals(text)).findFirst();
  }

  /**
   * Passes before the step.
   *
   * @param where names what the step works on
   * @throws IOException the plan says so; the step is not to be done
   */
  public void before(Object where) throws IOException {
    pass(Moment.BEFORE, where);
  }

  /**
   * Passes when a part of the step is done.
   *
   * @throws IOException the plan says so; the rest is not to be done
   */
  public void midway(Object where) throws IOException {
    pass(Moment.MIDWAY, where);
  }

  /**
   * Passes when the step is done.
   *
   * @throws IOException the plan says so; the caller must not learn that it is done
   */
  public void after(Object where) throws IOException {
    pass(Moment.AFTER, where);
  }

  private void pass(Moment moment, Object where) throws IOException {
    FailpointPlan plan = armed;
    if (plan != null) {
      plan.pass(this, moment, where.toString());
    }
  }
}
