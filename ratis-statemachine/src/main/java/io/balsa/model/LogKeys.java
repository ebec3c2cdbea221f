package io.balsa.model;

/** Keys of key-value logging; the same names serve in metrics and docs. */
public final class LogKeys {
  /** The node's id. */
  public static final String NODE = "node";

  /** The group's name. */
  public static final String GROUP = "group";

  /** A Raft term. */
  public static final String TERM = "term";

  /** A Raft index. */
  public static final String INDEX = "index";

  /** A catalog revision. */
  public static final String REVISION = "revision";

  /** A chunk id. */
  public static final String CHUNK = "chunk";

  /** A file or folder. */
  public static final String FILE = "file";

  /** An address, host:port. */
  public static final String ADDRESS = "address";

  /** A duration in milliseconds. */
  public static final String ELAPSED_MS = "elapsed_ms";

  /** A number of bytes. */
  public static final String BYTES = "bytes";

  /** A leader's node id. */
  public static final String LEADER = "leader";

  private LogKeys() {}
}
