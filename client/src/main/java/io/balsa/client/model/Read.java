package io.balsa.client.model;

/**
 * What was read, with the proof of how fresh it is.
 *
 * @param value what was read
 * @param receipt how fresh it is
 */
public record Read<T>(T value, ReadReceipt receipt) {}
