package io.balsa.client.model;

import java.util.Optional;

/**
 * Where clients reach a node.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port 1 to 65,535
 */
public record Endpoint(String host, int port) {
  /** Checks the ranges. */
  public Endpoint {
    if (host.isBlank() || host.length() > 255) {
      throw new IllegalArgumentException("host='" + host + "', want 1 to 255 characters");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port=" + port + ", want 1 to 65535");
    }
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("endpoint='" + text + "', want host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("endpoint='" + text + "', want [ipv6]:port");
    }
    try {
      return new Endpoint(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("endpoint='" + text + "', want host:port", e);
    }
  }

  /** As {@link #parse}, but empty for anything unfit: for addresses that others hand on. */
  public static Optional<Endpoint> tryParse(String text) {
    try {
      return Optional.of(parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** {@code host:port}, as {@link #parse} reads it. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
