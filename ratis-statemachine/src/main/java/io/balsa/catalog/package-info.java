/**
 * The catalog's state and its transition, pure: (view, entry, position) to decisions and writes. No
 * I/O, thread, clock or randomness; {@code rocks} stores the rows, {@code replica} feeds the
 * entries.
 */
@NullMarked
package io.balsa.catalog;

import org.jspecify.annotations.NullMarked;
