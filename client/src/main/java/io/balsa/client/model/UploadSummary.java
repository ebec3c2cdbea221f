package io.balsa.client.model;

import java.util.List;

/**
 * What a folder upload came to.
 *
 * @param files acknowledged files
 * @param bytes bytes of those
 * @param bytesSent bytes that the cluster did not have yet
 * @param refused files that are certainly not stored by this upload
 * @param unknown files that may be stored
 * @param problems the first hundred of those two, one line each
 */
public record UploadSummary(
    long files, long bytes, long bytesSent, long refused, long unknown, List<String> problems) {
  /** Takes a copy. */
  public UploadSummary {
    problems = List.copyOf(problems);
  }

  /** True where every file is acknowledged. */
  public boolean isComplete() {
    return refused == 0 && unknown == 0;
  }
}
