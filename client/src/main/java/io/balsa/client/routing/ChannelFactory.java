package io.balsa.client.routing;

import io.balsa.client.model.Endpoint;
import io.grpc.ManagedChannel;

/** Makes a channel to a node; the caller shuts it down. Tests connect in memory. */
@FunctionalInterface
public interface ChannelFactory {
  /** Makes it; does not wait for a connection. */
  ManagedChannel open(Endpoint endpoint);
}
