package io.balsa.command;

import io.balsa.model.Limits;
import io.balsa.model.Sha256;

/**
 * What a version holds, computed from its listing; see docs/formats/digest.md.
 *
 * @param digest over all (path, object digest)
 * @param objects how many, at least 0
 * @param bytes their sum, at least 0
 */
public record VersionSummary(Sha256 digest, long objects, long bytes) {
  /** Checks the ranges. */
  public VersionSummary {
    Limits.require("version.objects", objects, 0, Long.MAX_VALUE);
    Limits.require("version.bytes", bytes, 0, Long.MAX_VALUE);
  }
}
