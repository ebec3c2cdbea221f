package io.balsa.client.model;

import java.time.Duration;
import java.util.Optional;

/**
 * Proof of how fresh an answer is.
 *
 * @param node the node that answered
 * @param revision the catalog revision up to which it had applied everything when it answered
 * @param level the level served
 * @param age a proven upper bound of the answer's age, by that node's monotonic clock; empty where
 *     it has not confirmed its state with a leader since it started
 */
public record ReadReceipt(String node, long revision, ReadLevel level, Optional<Duration> age) {}
