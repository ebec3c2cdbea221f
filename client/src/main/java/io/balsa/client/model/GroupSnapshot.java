package io.balsa.client.model;

/**
 * A replica whose applied state is durable in its store.
 *
 * @param group "catalog" or "chunks-&lt;n&gt;"
 * @param index of the last entry in it
 */
public record GroupSnapshot(String group, long index) {}
