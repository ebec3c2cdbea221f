/**
 * The front end: {@code balsa.v1} over the handles of {@code consensus} and {@code freshness}, on
 * this node's replicas, and over other nodes where a leader or another replica is needed. Handlers
 * are blocking code, one virtual thread a call; nothing here knows Ratis or RocksDB.
 */
@NullMarked
package io.balsa.service.grpc;

import org.jspecify.annotations.NullMarked;
