/**
 * Frees what nobody can see: drives the catalog's upkeep and the removal of chunks. One round at a
 * time, on the node that leads the catalog; all that it must remember is in the catalog, so any
 * other leader goes on where it stopped. What keeps an upload from being betrayed is not here but
 * in {@code catalog}.
 */
@NullMarked
package io.balsa.service.collection;

import org.jspecify.annotations.NullMarked;
