package io.balsa.client.model;

/** The kind of a refusal: the canonical codes of gRPC that refuse something. */
public enum RefusalCode {
  /** The request itself is wrong; it fails everywhere and always. */
  INVALID_ARGUMENT,
  /** No such thing. */
  NOT_FOUND,
  /** There is such a thing already. */
  ALREADY_EXISTS,
  /** The state of the cluster does not allow it. */
  FAILED_PRECONDITION,
  /** Something else got in the way; a larger step must be repeated. */
  ABORTED,
  /** A range begins beyond the end. */
  OUT_OF_RANGE,
  /** The caller may not do this. */
  PERMISSION_DENIED,
  /** The caller is not known. */
  UNAUTHENTICATED,
  /** A limit is reached; see the retry delay. */
  RESOURCE_EXHAUSTED,
  /** No node could do it before the deadline. */
  UNAVAILABLE,
  /** No answer came before the deadline. */
  DEADLINE_EXCEEDED,
  /** Stored bytes fail their check. */
  DATA_LOSS,
  /** The caller interrupted or closed the client. */
  CANCELLED,
  /** The node does not know this call. */
  UNIMPLEMENTED,
  /** A defect. */
  INTERNAL
}
