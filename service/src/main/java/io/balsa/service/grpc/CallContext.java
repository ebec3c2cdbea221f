package io.balsa.service.grpc;

import io.balsa.model.BrokenInvariant;
import io.balsa.service.admission.Permit;
import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** What the front door knows of the call that runs on this thread. */
final class CallContext {
  /** On a request that another node has forwarded. It is not forwarded again. */
  static final Metadata.Key<String> FORWARDED_HEADER =
      Metadata.Key.of("balsa-forwarded", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<Permit> PERMIT = Context.key("balsa-permit");
  private static final Context.Key<Boolean> FORWARDED = Context.key("balsa-forwarded");

  private CallContext() {}

  static Context with(@Nullable Permit permit, boolean forwarded) {
    return Context.current().withValues(PERMIT, permit, FORWARDED, forwarded);
  }

  /** The permit of a call that the front door has admitted. */
  static Permit permit() {
    Permit permit = PERMIT.get();
    if (permit == null) {
      throw new BrokenInvariant("calls that stream or keep bytes are admitted first");
    }
    return permit;
  }

  static boolean isForwarded() {
    return Boolean.TRUE.equals(FORWARDED.get());
  }
}
