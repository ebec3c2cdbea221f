/**
 * Named points at every durable step, where a test may stop the process, fail the step or slow it
 * down. Off unless a plan is armed; then one field is read a pass and nothing else is done.
 * Callers: whoever writes, and the node's command, which arms a plan. Safe on every thread.
 */
@NullMarked
package io.balsa.failpoint;

import org.jspecify.annotations.NullMarked;
