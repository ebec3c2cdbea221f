package io.balsa.service.grpc;

import io.balsa.model.InvalidField;
import io.balsa.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Where the next page of a listing begins. Opaque to callers: version, dataset, revision, scope,
 * CRC-32C and the last name, in base64url. The checksum tells accidents, not attackers: a made-up
 * token can name nothing that a request could not.
 *
 * @param datasetId the incarnation that is listed; 0 where datasets are
 * @param revision that all pages show; 0 where the listing is of the newest state
 * @param scope of what else the listing was asked for; see {@link #scope}
 * @param last the last name or common prefix of the page before
 */
record PageToken(long datasetId, long revision, long scope, String last) {
  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 1 + 3 * Long.BYTES + Integer.BYTES;
  private static final int LENGTH_MAX = 2_048;

  /** A hash of the parts of a request that must be the same for all pages. */
  static long scope(String... parts) {
    ByteBuffer joined =
        StandardCharsets.UTF_8.encode(String.join("\0", parts) + "\0" + parts.length);
    return Sha256.of(joined).a();
  }

  String encode() {
    byte[] name = last.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + name.length);
    bytes.put(VERSION).putLong(datasetId).putLong(revision).putLong(scope);
    bytes.putInt(0).put(name);
    bytes.putInt(HEADER_BYTES - Integer.BYTES, crc(bytes.array()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * Reads a token.
   *
   * @throws InvalidField if it is none, or one of another listing
   */
  static PageToken decode(String text, long scope) {
    if (text.length() > LENGTH_MAX) {
      throw wrong(text);
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
    if (bytes.length < HEADER_BYTES || bytes[0] != VERSION) {
      throw wrong(text);
    }
    ByteBuffer header = ByteBuffer.wrap(bytes, 1, HEADER_BYTES - 1);
    long datasetId = header.getLong();
    long revision = header.getLong();
    long given = header.getLong();
    int crc = header.getInt();
    ByteBuffer.wrap(bytes).putInt(HEADER_BYTES - Integer.BYTES, 0);
    if (crc != crc(bytes) || given != scope || revision < 0) {
      throw wrong(text);
    }
    String last =
        new String(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, StandardCharsets.UTF_8);
    return new PageToken(datasetId, revision, given, last);
  }

  /** A token that does not fit the listing it is used for. */
  static InvalidField wrong(String text) {
    return new InvalidField(
        "page_token", text, "empty, or next_page_token of the page before of the same listing");
  }

  /** Over a token whose CRC field is zero. */
  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }
}
