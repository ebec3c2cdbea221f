package io.balsa.chunk;

import io.balsa.model.PackPosition;
import java.util.OptionalInt;

/**
 * One step of a walk.
 *
 * @param next where the next step begins
 * @param bytes that were walked over
 * @param ended the pack whose end was reached, if one was
 * @param last true if nothing stands behind
 */
public record PackStep(PackPosition next, long bytes, OptionalInt ended, boolean last) {}
