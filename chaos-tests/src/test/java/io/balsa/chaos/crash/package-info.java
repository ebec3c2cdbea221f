/** Real processes that are killed, stopped, or given what they must refuse. */
@NullMarked
package io.balsa.chaos.crash;

import org.jspecify.annotations.NullMarked;
