package io.balsa.client.model;

/** The level at which a read was served. */
public enum ReadLevel {
  /** At least as new as everything acknowledged anywhere before the read began. */
  LINEARIZABLE,
  /** Within the asked age. */
  BOUNDED,
  /** At or after the asked revision. */
  AT_LEAST,
  /** At a version's revision, which never changes. */
  PINNED,
  /** Whatever the node had. */
  EVENTUAL
}
