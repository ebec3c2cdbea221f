/** The command line, over the SDK alone: one class a verb. */
@NullMarked
package io.balsa.cli;

import org.jspecify.annotations.NullMarked;
