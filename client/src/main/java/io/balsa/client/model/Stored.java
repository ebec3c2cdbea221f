package io.balsa.client.model;

/**
 * An object was put.
 *
 * @param receipt proof of durability
 * @param size bytes of the object
 * @param digest SHA-256 of all its bytes, computed here
 * @param bytesSent bytes that the cluster did not have yet
 */
public record Stored(WriteReceipt receipt, long size, Sha256 digest, long bytesSent) {}
