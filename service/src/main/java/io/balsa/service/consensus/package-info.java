/**
 * Raft as the node uses it: the Ratis server and its settings, proposers that put many commands in
 * one entry, and the handles through which the front end reaches each group. With {@code replica}
 * the only package that knows Ratis.
 */
@NullMarked
package io.balsa.service.consensus;

import org.jspecify.annotations.NullMarked;
