package io.balsa.snapshot;

import io.balsa.model.GroupName;

/**
 * How far a transfer is.
 *
 * @param group whose snapshot it is
 * @param source the node id of the member that sends it
 * @param bytesDone that are here, whoever sent them
 * @param bytesTotal of the snapshot
 */
public record SnapshotProgress(GroupName group, String source, long bytesDone, long bytesTotal) {}
