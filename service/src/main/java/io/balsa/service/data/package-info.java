/**
 * The node's data folder: who owns it, and what stands where. Used by one process at a time; held
 * by a lock.
 */
@NullMarked
package io.balsa.service.data;

import org.jspecify.annotations.NullMarked;
