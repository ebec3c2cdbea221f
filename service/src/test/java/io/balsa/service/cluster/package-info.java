/** A cluster of real nodes in the test's own process. */
@NullMarked
package io.balsa.service.cluster;

import org.jspecify.annotations.NullMarked;
