/**
 * Between {@code balsa.v1} and {@link io.balsa.client.model}: pure translation, no RPC, no threads.
 * What a node sends is not trusted: what does not fit a value is an {@code
 * IllegalArgumentException}, which routing treats as that node's failure.
 */
@NullMarked
package io.balsa.client.wire;

import org.jspecify.annotations.NullMarked;
