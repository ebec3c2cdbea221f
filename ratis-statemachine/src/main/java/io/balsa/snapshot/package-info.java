/**
 * Snapshots of a group's files: what is in one, sending it piece by piece, receiving and checking
 * it, and putting it in the place of what was there. Files only; who asks whom for a snapshot, and
 * over which wire, is decided elsewhere. The formats are in docs/formats/snapshot.md.
 *
 * <p>Threads: {@link io.balsa.snapshot.SnapshotSource} is safe on every thread, a {@link
 * io.balsa.snapshot.SnapshotReceiver} belongs to one, and a swap to whoever holds the group closed.
 * No thread is started here. Callers: the state machines and the snapshot service.
 */
@NullMarked
package io.balsa.snapshot;

import org.jspecify.annotations.NullMarked;
