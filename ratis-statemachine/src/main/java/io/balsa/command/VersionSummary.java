package io.balsa.command;

import io.balsa.model.Sha256;

/**
 * What a version holds, computed from its listing; see docs/formats/digest.md.
 *
 * @param digest over all (path, object digest)
 * @param objects how many, at least 0
 * @param bytes their sum, at least 0
 */
public record VersionSummary(Sha256 digest, long objects, long bytes) {}
