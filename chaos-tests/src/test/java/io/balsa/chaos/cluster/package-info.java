/** Clusters of real processes on this machine, which a test kills, stops and starts again. */
@NullMarked
package io.balsa.chaos.cluster;

import org.jspecify.annotations.NullMarked;
