package io.balsa.service.grpc;

import io.balsa.model.VersionName;

/** Which state of a dataset to read. */
sealed interface Snapshot {
  /** The newest that the rule gives. */
  record Newest() implements Snapshot {}

  /**
   * What a version shows.
   *
   * @param version its name
   */
  record AtVersion(VersionName version) implements Snapshot {}

  /**
   * What a revision shows.
   *
   * @param revision at least 1
   */
  record AtRevision(long revision) implements Snapshot {}
}
