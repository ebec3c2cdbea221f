package io.balsa.client.model;

/**
 * A page of a listing of objects.
 *
 * @param page its entries in byte order of path
 * @param revision the revision that all pages show
 */
public record Listing(Page<ListEntry> page, long revision) {}
