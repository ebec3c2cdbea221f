package io.balsa.cli;

/** How a command ends. The numbers are an API. */
public enum ExitCode {
  /** It happened. */
  OK(0, "it happened"),
  /** A defect, or a local file that cannot be read or written. */
  FAILED(1, "a local file failed, or a defect of Balsa"),
  /** The command line is wrong. */
  USAGE(2, "the command line is wrong"),
  /** A certain no. */
  REFUSED(3, "refused, certainly nothing changed: it exists, a precondition fails, not allowed"),
  /** Nobody knows. */
  UNKNOWN(4, "nobody knows whether it happened; the hint says how to settle it"),
  /** Not now. */
  UNAVAILABLE(
      5, "not now: no quorum, not fresh, overloaded, disk full, out of time; nothing changed"),
  /** Wrong bytes. */
  CORRUPT(6, "bytes fail their check, on every replica or on their way"),
  /** No such thing. */
  NOT_FOUND(7, "no such dataset, version, object or revision");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** What the process exits with. */
  public int number() {
    return number;
  }

  /** What it means, for the help. */
  public String meaning() {
    return meaning;
  }
}
