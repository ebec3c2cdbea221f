package io.balsa.client.model;

/**
 * A version was created.
 *
 * @param version the version; its digest is pending
 * @param receipt proof of durability; its revision is that of the command
 */
public record CreatedVersion(VersionEntry version, WriteReceipt receipt) {}
