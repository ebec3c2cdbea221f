/**
 * Thin adapters between Ratis and the state: they decode, call {@code catalog}, {@code chunk} and
 * {@code rocks}, and encode. With {@code service.consensus} the only importer of Ratis. Ratis calls
 * {@code applyTransaction} of one group on one thread, in log order; we apply on that thread and
 * complete in order. What fails locally goes to {@link io.balsa.replica.FailStop}.
 */
@NullMarked
package io.balsa.replica;

import org.jspecify.annotations.NullMarked;
