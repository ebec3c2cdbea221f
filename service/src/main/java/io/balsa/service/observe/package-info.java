/** Watching the node: what must stop it, and what it tells about itself. */
@NullMarked
package io.balsa.service.observe;

import org.jspecify.annotations.NullMarked;
