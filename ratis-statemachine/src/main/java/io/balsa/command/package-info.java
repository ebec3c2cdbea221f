/**
 * What may be asked of the catalog, and what it answers: sealed commands and decisions, and their
 * codec to {@code balsa.log.v1}, which is persisted in Raft logs for ever. Pure: no I/O, thread,
 * clock or randomness.
 */
@NullMarked
package io.balsa.command;

import org.jspecify.annotations.NullMarked;
