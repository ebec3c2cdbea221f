package io.balsa.client.model;

/** It may have happened, once: the same call with the same request id settles it. */
public final class UnknownOutcomeException extends BalsaException {
  private static final long serialVersionUID = 1L;

  private final String requestId;

  /** For this request. */
  public UnknownOutcomeException(String requestId, String why) {
    super("outcome unknown, retry with request id " + requestId + ": " + why);
    this.requestId = requestId;
  }

  /** The id to retry with. */
  public String requestId() {
    return requestId;
  }
}
