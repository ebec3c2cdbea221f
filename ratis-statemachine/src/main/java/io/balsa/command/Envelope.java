package io.balsa.command;

import io.balsa.model.RequestId;

/**
 * A command with the caller's name for it.
 *
 * @param requestId makes a retry safe
 * @param command the change
 */
public record Envelope(RequestId requestId, Command command) {}
