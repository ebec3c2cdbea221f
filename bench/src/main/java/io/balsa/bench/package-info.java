/**
 * {@code balsa bench}: measures real nodes on this machine. One class a verb, {@link
 * io.balsa.bench.Bench} is the root, {@link io.balsa.bench.Rig} what they all measure.
 */
@NullMarked
package io.balsa.bench;

import org.jspecify.annotations.NullMarked;
