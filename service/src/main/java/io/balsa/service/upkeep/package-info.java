/**
 * Keeps what is stored healthy while the node runs: reads everything again and again, puts back
 * what has rotted, and gives space back that is dead. The stores do the work in small steps ({@link
 * io.balsa.replica.ChunkUpkeep}); here it is decided when, how fast, and who is told.
 *
 * <p>Threads: one that scrubs, one that repairs, one that compacts, and one for each {@link
 * io.balsa.service.upkeep.Job} that an operator asked for. They are stopped by a {@link
 * io.balsa.service.upkeep.StopSignal} and never interrupted, since an interrupt while a pack is
 * written counts as a failed write. Called by the node and its front end.
 */
@NullMarked
package io.balsa.service.upkeep;

import org.jspecify.annotations.NullMarked;
