package io.balsa.command;

import com.google.protobuf.UnsafeByteOperations;
import io.balsa.model.Sha256;
import java.util.Optional;

/** {@link DigestMark} to and from {@code balsa.log.v1.DigestMark}; docs/formats/log.md. */
final class DigestMarkCodec {
  private DigestMarkCodec() {}

  static io.balsa.proto.log.v1.DigestMark encode(DigestMark mark) {
    io.balsa.proto.log.v1.DigestMark.Builder encoded =
        io.balsa.proto.log.v1.DigestMark.newBuilder();
    mark.previous()
        .ifPresent(
            noted ->
                encoded
                    .setPreviousIndex(noted.index())
                    .setPreviousDigest(UnsafeByteOperations.unsafeWrap(noted.digest().toBytes())));
    return encoded.build();
  }

  /**
   * Reads a mark.
   *
   * @throws IllegalArgumentException a value is out of its range
   */
  static DigestMark decode(io.balsa.proto.log.v1.DigestMark encoded) {
    io.balsa.proto.log.v1.DigestMark mark = StrictParse.known(encoded);
    if (mark.getPreviousIndex() == 0 && mark.getPreviousDigest().isEmpty()) {
      return DigestMark.FIRST;
    }
    return new DigestMark(
        Optional.of(
            new DigestMark.Noted(
                mark.getPreviousIndex(),
                Sha256.fromBytes(mark.getPreviousDigest().toByteArray()))));
  }
}
