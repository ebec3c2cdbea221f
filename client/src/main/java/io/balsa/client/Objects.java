package io.balsa.client;

import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.Listing;
import io.balsa.client.model.ObjectLayout;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.Stream;

/** Objects outside of transactions. Thread-safe; every method blocks. */
public interface Objects {
  /**
   * Puts one object; it is visible when this returns yes. Bytes are cut and hashed here, chunks
   * that the cluster has are not sent, the others go to their groups in parallel. Memory is bounded
   * by the client's options, whatever the object's size.
   *
   * @throws IOException if the source fails; nothing became visible
   */
  Result<Stored> put(String dataset, String path, Source source, PutOptions options)
      throws IOException;

  /**
   * Gets one object or a range of it. A whole object is checked against its digest. A wrong byte is
   * never written while a right one can be had: what fails its check is fetched from another node,
   * and only if all of them fail, the refusal's code is {@code DATA_LOSS}. After a refusal {@code
   * to} may have received the first part of the bytes.
   *
   * @param to receives the bytes in order, from the calling thread; is not closed
   * @throws IOException if {@code to} fails
   */
  Result<Read<ObjectStat>> get(String dataset, String path, GetOptions options, OutputStream to)
      throws IOException;

  /** Tells of one object without its bytes. */
  Result<Read<ObjectStat>> stat(
      String dataset, String path, Snapshot snapshot, ReadOptions options);

  /** Tells of one object and where its chunks are. */
  Result<Read<ObjectLayout>> layout(
      String dataset, String path, Snapshot snapshot, ReadOptions options);

  /**
   * Lists objects in byte order of path; asks for further pages as the stream is read. All pages
   * show the same revision.
   *
   * @throws io.balsa.client.model.RefusedException from the stream, if a page cannot be had
   */
  Stream<ListEntry> list(String dataset, ListOptions options);

  /**
   * One page of the list, for callers who want its receipt.
   *
   * @param token empty for the first page, else {@link io.balsa.client.model.Page#next}
   */
  Result<Read<Listing>> page(String dataset, String token, ListOptions options);

  /** Deletes one object. */
  Result<WriteReceipt> delete(String dataset, String path, DeleteOptions options);

  /**
   * Uploads a folder, each file by itself. Small files share requests. To resume after a crash,
   * upload again: what the cluster has is not sent twice.
   *
   * @throws IOException if the folder cannot be walked; what was acknowledged stays. A file that
   *     cannot be read is refused, and the others go on
   */
  UploadSummary uploadFolder(String dataset, FolderUpload upload, UploadListener listener)
      throws IOException;
}
