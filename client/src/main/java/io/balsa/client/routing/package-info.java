/**
 * Gets one call answered: channels, leaders, retries, hedging, and the verdict at the end. {@link
 * io.balsa.client.routing.Router} is the door; {@code Pursuit} is the policy. A pursuit runs on its
 * caller's thread and is confined to it; gRPC's callbacks only put events into its queue. Nodes and
 * leaders are shared and thread-safe.
 */
@NullMarked
package io.balsa.client.routing;

import org.jspecify.annotations.NullMarked;
