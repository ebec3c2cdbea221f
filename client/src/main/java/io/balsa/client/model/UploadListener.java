package io.balsa.client.model;

/**
 * Is told of a folder upload's progress. Calls come from the upload's own threads, one at a time; a
 * slow listener slows the upload, and what it throws is logged and changes nothing.
 */
public interface UploadListener {
  /** Listens to nothing. */
  UploadListener NONE = new UploadListener() {};

  /** A file is stored; inside a transaction: staged. */
  default void acknowledged(String path, Stored stored) {}

  /** A file is certainly not stored by this upload. */
  default void refused(String path, Refusal refusal) {}

  /** A file may be stored: the same upload again settles it. */
  default void unknown(String path, Result.Unknown<Stored> outcome) {}
}
