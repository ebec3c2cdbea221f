package io.balsa.service.config;

import java.util.Set;

/** Settings under {@code listen}. */
public record ListenSection(
    @TextSetting(
            meaning =
                "The address on which the node listens for its peers. Who reaches it can replace"
                    + " or delete replicas: bind it where only nodes are.",
            rule = TextRule.HOST,
            byDefault = "127.0.0.1")
        String peerHost,
    @NumberSetting(
            meaning = "The TCP port for peers.",
            unit = "port",
            byDefault = 7411,
            min = 1,
            max = 65_535)
        int peerPort,
    @TextSetting(
            meaning = "The address on which the node listens for clients.",
            rule = TextRule.HOST,
            byDefault = "127.0.0.1")
        String clientHost,
    @NumberSetting(
            meaning = "The TCP port for clients.",
            unit = "port",
            byDefault = 7401,
            min = 1,
            max = 65_535)
        int clientPort,
    @TextSetting(
            meaning =
                "The host that others are told to find this node at; nothing means"
                    + " listen.client-host.",
            rule = TextRule.HOST_OR_EMPTY)
        String advertisedHost) {

  /** Hosts that mean "every address of this machine": fit to listen on, not to be called. */
  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

  /**
   * Fills in the advertised host, and checks.
   *
   * @throws InvalidSettings if the two listeners would clash, or nobody could call the advertised
   *     host
   */
  public ListenSection {
    advertisedHost = advertisedHost.isEmpty() ? clientHost : advertisedHost;
    boolean clash =
        peerPort == clientPort
            && (peerHost.equals(clientHost)
                || WILDCARDS.contains(peerHost)
                || WILDCARDS.contains(clientHost));
    new Relations()
        .require(
            !clash,
            "listen.client-port",
            clientPort,
            "a port other than listen.peer-port, as both listen on the same address")
        .require(
            !WILDCARDS.contains(advertisedHost),
            "listen.advertised-host",
            advertisedHost,
            "a host that others can call; give one when listen.client-host is every address")
        .check();
  }

  /** Where clients and other nodes' front ends call this node, {@code host:port}. */
  public String clientAddress() {
    return address(advertisedHost, clientPort);
  }

  /**
   * Where peers call this node, {@code host:port}: the peer host, or the advertised host if the
   * node listens for peers on every address.
   */
  public String peerAddress() {
    return address(WILDCARDS.contains(peerHost) ? advertisedHost : peerHost, peerPort);
  }

  private static String address(String host, int port) {
    return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ":" + port;
  }
}
