package io.balsa.client.transfer;

import com.google.protobuf.ByteString;
import io.balsa.client.model.Sha256;

/**
 * A chunk's bytes under their name. The bytes are shared, not copied, and never change: a request
 * that was given up may still be reading them.
 *
 * @param id SHA-256 of the bytes
 * @param data 1 byte to a chunk
 */
record Piece(Sha256 id, ByteString data) {}
