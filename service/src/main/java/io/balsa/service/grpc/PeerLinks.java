package io.balsa.service.grpc;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import java.util.List;

/**
 * The links to other nodes' front ends, and what stands in their way: nothing in production; in
 * tests, interceptors that cut them. Immutable.
 */
public final class PeerLinks {
  /** Nothing stands in the way. */
  public static final PeerLinks DIRECT = new PeerLinks(List.of());

  private final List<ClientInterceptor> interceptors;

  private PeerLinks(List<ClientInterceptor> interceptors) {
    this.interceptors = interceptors;
  }

  /** Links on which {@code interceptors} see every call. */
  public static PeerLinks through(ClientInterceptor... interceptors) {
    return new PeerLinks(List.of(interceptors));
  }

  /** The channel as calls on this link see it. */
  Channel over(Channel channel) {
    return ClientInterceptors.intercept(channel, interceptors);
  }
}
