package io.balsa.service.grpc;

import io.balsa.model.InvalidField;
import io.balsa.model.Limits;

/**
 * How the front end listens.
 *
 * @param bindHost a host name or address of this machine
 * @param port 0 to 65,535; 0 lets the system choose
 * @param callsPerConnectionMax at least 1, default 1,000
 */
public record ServerOptions(String bindHost, int port, int callsPerConnectionMax) {
  /** Bytes of one message: the largest is a chunk entry's payload with its ids. */
  static final int MESSAGE_BYTES_MAX = 20 << 20;

  /** Bytes of a request's headers. */
  static final int METADATA_BYTES_MAX = 16 << 10;

  /** Calls in flight on one connection where nothing else is said. */
  public static final int CALLS_PER_CONNECTION_DEFAULT = 1_000;

  private static final int PORT_MAX = 65_535;

  /** Checks the ranges. */
  public ServerOptions {
    if (bindHost.isEmpty()) {
      throw new InvalidField("bind host", bindHost, "a host name or address");
    }
    Limits.require("port", port, 0, PORT_MAX);
    Limits.require("calls-per-connection", callsPerConnectionMax, 1, Integer.MAX_VALUE);
  }
}
