/**
 * Numbers that were sampled over time: kept as CSV, judged, and drawn. Knows nothing of what they
 * mean, of nodes or of clusters.
 */
@NullMarked
package io.balsa.bench.curve;

import org.jspecify.annotations.NullMarked;
