/**
 * The architecture, held by tests: which package may know which, where a library may enter, what
 * the pure core may not touch, and how classes are not called. They read compiled classes of all
 * modules; one thread.
 */
@NullMarked
package io.balsa.chaos.architecture;

import org.jspecify.annotations.NullMarked;
