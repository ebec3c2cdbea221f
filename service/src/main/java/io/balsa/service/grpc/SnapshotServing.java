package io.balsa.service.grpc;

import io.balsa.replica.SnapshotLoans;
import io.balsa.service.admission.ByteRate;
import java.util.concurrent.Semaphore;

/**
 * What a node's snapshots are served from, and how fast.
 *
 * @param loans the snapshots
 * @param rate of all transfers together
 * @param places one for each transfer at a time
 */
public record SnapshotServing(SnapshotLoans loans, ByteRate rate, Semaphore places) {}
