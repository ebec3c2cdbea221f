/**
 * How answers look: tables and amounts for people, JSON with stable field names for programs, and
 * progress. Values and text are free of I/O; {@link io.balsa.cli.render.Output} and {@link
 * io.balsa.cli.render.Progress} write, and only the latter is used by several threads.
 */
@NullMarked
package io.balsa.cli.render;

import org.jspecify.annotations.NullMarked;
