package io.balsa.service.grpc;

import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import java.time.Duration;

/**
 * How the services work.
 *
 * @param requestTimeout bounds every wait of a call that names no deadline, and each step of a
 *     stream; default 10 s
 * @param stallTimeout a stream whose caller neither sends nor takes for so long is ended; default
 *     60 s
 * @param watchTimeout how long a write waits for all voters once a majority has it; default 2 s
 * @param lagWait how long a read waits for a chunk on the way to this replica before it asks
 *     another one; default 500 ms
 * @param chunkBytes where an object is cut; default 4 MiB
 * @param chunksInFlight chunks of one upload on their way, or of one download fetched ahead; 1 to
 *     16, default 2
 */
public record ServiceOptions(
    Duration requestTimeout,
    Duration stallTimeout,
    Duration watchTimeout,
    Duration lagWait,
    int chunkBytes,
    int chunksInFlight) {
  /** The defaults. */
  public static final ServiceOptions DEFAULTS =
      new ServiceOptions(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(2),
          Duration.ofMillis(500),
          4 << 20,
          2);

  /** Checks the ranges. */
  public ServiceOptions {
    requirePositive("request-timeout-ms", requestTimeout);
    requirePositive("stall-timeout-ms", stallTimeout);
    requirePositive("watch-timeout-ms", watchTimeout);
    requirePositive("lag-wait-ms", lagWait);
    Limits.require("chunk-bytes", chunkBytes, Limits.CHUNK_BYTES_MIN, Limits.CHUNK_BYTES_MAX);
    Limits.require("chunks-in-flight", chunksInFlight, 1, 16);
  }

  private static void requirePositive(String field, Duration given) {
    if (given.toMillis() <= 0) {
      throw new InvalidField(field, Long.toString(given.toMillis()), "at least 1");
    }
  }
}
