/**
 * Folders and files to and from datasets, a bounded number at a time. Used by verbs and by the
 * demo; prints nothing.
 */
@NullMarked
package io.balsa.cli.transfer;

import org.jspecify.annotations.NullMarked;
