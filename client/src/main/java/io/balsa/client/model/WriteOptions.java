package io.balsa.client.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How to write.
 *
 * @param durability what the acknowledgement must prove
 * @param requestId the name of this change, to settle an unknown outcome of an earlier try: 1 to 64
 *     of {@code [A-Za-z0-9._:-]}. Empty means a fresh one
 */
public record WriteOptions(Durability durability, Optional<String> requestId) {
  /** Durable on a majority, under a fresh request id. */
  public static final WriteOptions DEFAULT =
      new WriteOptions(Durability.MAJORITY, Optional.empty());

  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  /** Checks the rule of request ids. */
  public WriteOptions {
    requestId.ifPresent(
        id -> {
          if (!REQUEST_ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                "requestId='" + id + "', want 1 to 64 of A-Z a-z 0-9 . _ : -");
          }
        });
  }

  /** These options with another durability. */
  public WriteOptions withDurability(Durability value) {
    return new WriteOptions(value, requestId);
  }

  /** These options for a retry of an earlier change. */
  public WriteOptions withRequestId(String value) {
    return new WriteOptions(durability, Optional.of(value));
  }
}
