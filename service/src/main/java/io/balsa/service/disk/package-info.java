/**
 * The disk under the data folder: how much space is left, how fast it forces, and a file that keeps
 * some space back. Says how it is; what follows from it is decided elsewhere.
 */
@NullMarked
package io.balsa.service.disk;

import org.jspecify.annotations.NullMarked;
