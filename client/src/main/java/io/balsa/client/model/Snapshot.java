package io.balsa.client.model;

/** Which state of a dataset to read. */
public sealed interface Snapshot {
  /** The newest that the consistency gives. */
  record Head() implements Snapshot {}

  /**
   * A version, which never changes.
   *
   * @param name the version's name
   */
  record AtVersion(String name) implements Snapshot {}

  /**
   * A revision that is still retained.
   *
   * @param revision 1 and up
   */
  record AtRevision(long revision) implements Snapshot {
    /** Checks the range. */
    public AtRevision {
      if (revision < 1) {
        throw new IllegalArgumentException("revision=" + revision + ", want >= 1");
      }
    }
  }

  /** See {@link Head}. */
  static Snapshot head() {
    return new Head();
  }

  /** See {@link AtVersion}. */
  static Snapshot atVersion(String name) {
    return new AtVersion(name);
  }

  /** See {@link AtRevision}. */
  static Snapshot atRevision(long revision) {
    return new AtRevision(revision);
  }
}
