/**
 * Pack files: the bytes of one chunk group on one replica, in append-only files that are checked on
 * every read and settled after every crash. The format is in docs/formats/pack.md.
 *
 * <p>Threads: one {@link io.balsa.chunk.PackStore} per group, safe on every thread; appends queue
 * for one lock, callers of sync share a force, reads run beside both. No thread is started here.
 * Callers: the chunk state machine, the scrubber and snapshot transfer.
 */
@NullMarked
package io.balsa.chunk;

import org.jspecify.annotations.NullMarked;
