package io.balsa.client;

import io.balsa.client.model.DatasetSummary;
import io.balsa.client.model.Fenced;
import io.balsa.client.model.Page;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.util.stream.Stream;

/** Datasets. Thread-safe; every method blocks, at most for the client's deadline a call. */
public interface Datasets {
  /** Creates an empty dataset. */
  Result<WriteReceipt> create(String name, WriteOptions options);

  /** Tells of one dataset. */
  Result<Read<DatasetSummary>> get(String name, ReadOptions options);

  /**
   * Lists datasets by name; asks for further pages as the stream is read.
   *
   * @throws io.balsa.client.model.RefusedException from the stream, if a page cannot be had
   */
  Stream<DatasetSummary> list(ReadOptions options);

  /**
   * One page of the list, for callers who want its receipt.
   *
   * @param size 1 to 1,000
   * @param token empty for the first page, else {@link Page#next}
   */
  Result<Read<Page<DatasetSummary>>> page(int size, String token, ReadOptions options);

  /** Deletes a dataset that has neither objects nor versions. */
  Result<WriteReceipt> delete(String name, WriteOptions options);

  /** Deletes a dataset with everything in it. */
  Result<WriteReceipt> deleteRecursively(String name, WriteOptions options);

  /** Raises the dataset's epoch, so that every writer of an older epoch is refused from now on. */
  Result<Fenced> fence(String name, WriteOptions options);
}
