/** System calls of real processes that fail, stall or are slow, on demand. */
@NullMarked
package io.balsa.chaos.calls;

import org.jspecify.annotations.NullMarked;
