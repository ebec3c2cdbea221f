/**
 * The words of Balsa: ids, names, digests, positions and the limits that they keep. Values only:
 * immutable, safe on every thread, no I/O, no clock, JDK only. Everything may use this package; it
 * uses nothing.
 */
@NullMarked
package io.balsa.model;

import org.jspecify.annotations.NullMarked;
