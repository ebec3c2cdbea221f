package io.balsa.client.model;

/**
 * A dataset's epoch was raised.
 *
 * @param epoch the new epoch: hand it in with every change
 * @param receipt proof of durability
 */
public record Fenced(long epoch, WriteReceipt receipt) {}
