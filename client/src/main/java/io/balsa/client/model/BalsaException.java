package io.balsa.client.model;

/** A result that was not a success, for callers who prefer exceptions. */
public abstract sealed class BalsaException extends RuntimeException
    permits RefusedException, UnknownOutcomeException {
  private static final long serialVersionUID = 1L;

  BalsaException(String message) {
    super(message);
  }
}
