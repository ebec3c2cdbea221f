package io.balsa.client.model;

/** It certainly did not happen. */
public final class RefusedException extends BalsaException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  /** For this refusal. */
  public RefusedException(Refusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  /** Why it did not happen. Not kept by Java serialization. */
  public Refusal refusal() {
    return refusal;
  }
}
