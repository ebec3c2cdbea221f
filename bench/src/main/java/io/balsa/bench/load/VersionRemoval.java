package io.balsa.bench.load;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;

/** How a version is removed, so that what only it shows may be collected. */
@FunctionalInterface
public interface VersionRemoval {
  /** Removes it. */
  Result<?> remove(BalsaClient client, String dataset, String version, WriteOptions options);
}
