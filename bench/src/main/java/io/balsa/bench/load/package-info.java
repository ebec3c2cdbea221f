/**
 * A load that knows what it wrote: workers on threads of their own, each the only writer of its
 * paths, so that what every read must find is known exactly. Begin with {@link
 * io.balsa.bench.load.Load}.
 */
@NullMarked
package io.balsa.bench.load;

import org.jspecify.annotations.NullMarked;
