package io.balsa.client.model;

import java.time.Duration;
import java.util.List;

/**
 * How a client behaves. Immutable; begin with {@link #of} and change what differs.
 *
 * @param endpoints 1 to 64 nodes to begin with; the client learns of the others by itself
 * @param deadline for one call with all its retries, 10 ms to 1 h; default 30 s. A put or get of a
 *     large object makes many calls, each with this deadline
 * @param hedgeDelay silence after which a call is also tried elsewhere, 1 ms to 60 s; default 200
 *     ms, jittered by a quarter both ways
 * @param chunkBytes the size of an object's chunks but the last, 64 KiB to 16 MiB; default 4 MiB
 * @param transfersInFlightMax chunk transfers of one object or folder at a time, 1 to 256; default
 *     8
 * @param transferBytesInFlightMax bytes that all transfers of the client hold in memory, at least
 *     two chunks and at most 1 GiB; default 64 MiB. At the limit transfers wait
 */
public record ClientOptions(
    List<Endpoint> endpoints,
    Duration deadline,
    Duration hedgeDelay,
    int chunkBytes,
    int transfersInFlightMax,
    int transferBytesInFlightMax) {
  /** Most nodes to begin with. */
  public static final int ENDPOINTS_MAX = 64;

  private static final int CHUNK_BYTES_MIN = 64 << 10;
  private static final int CHUNK_BYTES_MAX = 16 << 20;

  /** Checks the ranges. */
  public ClientOptions {
    endpoints = endpoints.stream().distinct().toList();
    require("endpoints", endpoints.size(), 1, ENDPOINTS_MAX);
    require("deadlineMillis", deadline.toMillis(), 10, 3_600_000);
    require("hedgeDelayMillis", hedgeDelay.toMillis(), 1, 60_000);
    require("chunkBytes", chunkBytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
    require("transfersInFlightMax", transfersInFlightMax, 1, 256);
    require("transferBytesInFlightMax", transferBytesInFlightMax, 2L * chunkBytes, 1 << 30);
  }

  /** The defaults, for these nodes. */
  public static ClientOptions of(List<Endpoint> endpoints) {
    return new ClientOptions(
        endpoints, Duration.ofSeconds(30), Duration.ofMillis(200), 4 << 20, 8, 64 << 20);
  }

  /** The defaults, for nodes given as {@code host:port}. */
  public static ClientOptions of(String... endpoints) {
    return of(List.of(endpoints).stream().map(Endpoint::parse).toList());
  }

  /** These options with another deadline. */
  public ClientOptions withDeadline(Duration value) {
    return new ClientOptions(
        endpoints, value, hedgeDelay, chunkBytes, transfersInFlightMax, transferBytesInFlightMax);
  }

  /** These options with another hedge delay. */
  public ClientOptions withHedgeDelay(Duration value) {
    return new ClientOptions(
        endpoints, deadline, value, chunkBytes, transfersInFlightMax, transferBytesInFlightMax);
  }

  /** These options with another chunk size. */
  public ClientOptions withChunkBytes(int value) {
    return new ClientOptions(
        endpoints, deadline, hedgeDelay, value, transfersInFlightMax, transferBytesInFlightMax);
  }

  /** These options with another number of transfers and another bound of their bytes. */
  public ClientOptions withTransfers(int inFlightMax, int bytesInFlightMax) {
    return new ClientOptions(
        endpoints, deadline, hedgeDelay, chunkBytes, inFlightMax, bytesInFlightMax);
  }

  private static void require(String field, long given, long min, long max) {
    if (given < min || given > max) {
      throw new IllegalArgumentException(field + "=" + given + ", want " + min + " to " + max);
    }
  }
}
