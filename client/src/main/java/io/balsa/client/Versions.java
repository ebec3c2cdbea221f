package io.balsa.client;

import io.balsa.client.model.CreatedVersion;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.Page;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.util.stream.Stream;

/** Versions of datasets. Thread-safe; every method blocks, at most for the client's deadline. */
public interface Versions {
  /** Names a revision of a dataset, which stays readable until the version is deleted. */
  Result<CreatedVersion> create(NewVersion version, WriteOptions options);

  /** Deletes a version. What it alone showed is freed in time; its name may be used again. */
  Result<WriteReceipt> delete(String dataset, String name, WriteOptions options);

  /** Tells of one version. */
  Result<Read<VersionEntry>> get(String dataset, String name, ReadOptions options);

  /**
   * Lists the versions of a dataset by name; asks for further pages as the stream is read.
   *
   * @throws io.balsa.client.model.RefusedException from the stream, if a page cannot be had
   */
  Stream<VersionEntry> list(String dataset, ReadOptions options);

  /**
   * One page of the list, for callers who want its receipt.
   *
   * @param size 1 to 1,000
   * @param token empty for the first page, else {@link Page#next}
   */
  Result<Read<Page<VersionEntry>>> page(
      String dataset, int size, String token, ReadOptions options);
}
