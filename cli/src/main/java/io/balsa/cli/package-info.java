/**
 * The command line: one class a verb over the SDK and nothing else. Begin with {@link
 * io.balsa.cli.Balsa}. A verb runs on the main thread; what it does in parallel lives in {@code
 * transfer} and {@code demo}. Arrows: this package, then {@code demo}, {@code transfer}, {@code
 * render}; never back.
 */
@NullMarked
package io.balsa.cli;

import org.jspecify.annotations.NullMarked;
