/**
 * {@code balsa node check}: reads everything in the data folder of a node that does not run, and
 * says what is wrong. Changes nothing in it.
 *
 * <p>One thread. {@link io.balsa.service.check.FolderCheck} goes through the parts; each part's
 * check knows what must hold there, and tells {@link io.balsa.service.check.Findings}.
 */
@NullMarked
package io.balsa.service.check;

import org.jspecify.annotations.NullMarked;
