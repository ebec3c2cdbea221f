/** Checks of data folders that a cluster wrote. */
@NullMarked
package io.balsa.service.check;

import org.jspecify.annotations.NullMarked;
