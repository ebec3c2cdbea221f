/**
 * State on disk in RocksDB: the catalog's rows and each chunk group's index. The only package that
 * knows RocksDB.
 *
 * <p>There is no write-ahead log here, the Raft log is one: rows and the position up to which they
 * are complete go into one batch and are flushed atomically, so what a crash leaves behind is the
 * state after some earlier entry, whole, and the Raft log brings the rest again.
 *
 * <p>Threads: one writer for each store; reading and flushing on any thread; a view and its cursors
 * on one thread at a time. Called by {@code replica} and {@code snapshot}.
 */
@NullMarked
package io.balsa.rocks;

import org.jspecify.annotations.NullMarked;
