package io.balsa.service.grpc;

import java.nio.ByteBuffer;

/** What a place knows of a chunk. */
sealed interface ChunkCopy {
  /** Its bytes, checked. */
  record Good(ByteBuffer bytes) implements ChunkCopy {}

  /** It has none. */
  record Missing() implements ChunkCopy {}

  /** It has wrong bytes. */
  record Corrupt() implements ChunkCopy {}

  /** Nobody knows. */
  record Unreachable() implements ChunkCopy {}
}
