package io.balsa.service.grpc;

import com.google.common.util.concurrent.ListenableFuture;
import io.balsa.service.consensus.Member;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Calls another member in the name of a caller, with the mark that stops a second hop. */
final class Forwarder {
  /** How often a waiting hop asks whether its goal is still the right one. */
  private static final long LOOK_MILLIS = 50;

  private final PeerChannels channels;

  Forwarder(PeerChannels channels) {
    this.channels = channels;
  }

  /** Calls a member and waits for its answer. */
  <Q, R> R call(MethodDescriptor<Q, R> method, Member to, Q request, Budget budget)
      throws InterruptedException {
    return call(method, to, request, budget, () -> true);
  }

  /**
   * Calls a member and waits for its answer as long as it is worth it.
   *
   * @param stillRight asked now and then; when false the call is given up: a leader that stopped
   *     answering is known by its successor long before a timeout
   * @throws StatusRuntimeException what the member answered, or that it did not: UNAVAILABLE,
   *     DEADLINE_EXCEEDED or CANCELLED without a {@link Problem}
   */
  <Q, R> R call(
      MethodDescriptor<Q, R> method,
      Member to,
      Q request,
      Budget budget,
      BooleanSupplier stillRight)
      throws InterruptedException {
    ListenableFuture<R> answer =
        ClientCalls.futureUnaryCall(
            channel(to).newCall(method, CallOptions.DEFAULT.withDeadline(budget.deadline())),
            request);
    boolean done = false;
    try {
      while (stillRight.getAsBoolean()) {
        try {
          R value = answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
          done = true;
          return value;
        } catch (TimeoutException _) {
          // Look again.
        }
      }
      throw Status.UNAVAILABLE.withDescription("no longer the leader").asRuntimeException();
    } catch (ExecutionException e) {
      done = true;
      throw asStatus(e);
    } finally {
      if (!done) {
        answer.cancel(true);
      }
    }
  }

  /**
   * Streams from a member; the stream ends with this call.
   *
   * @param reader takes what it needs of the answer
   * @throws StatusRuntimeException as {@link #call}
   */
  <Q, R, T> T stream(
      MethodDescriptor<Q, R> method,
      Member from,
      Q request,
      Budget budget,
      Function<Iterator<R>, T> reader) {
    Context.CancellableContext hop = Context.current().withCancellation();
    Context before = hop.attach();
    try {
      return reader.apply(
          ClientCalls.blockingServerStreamingCall(
              channel(from), method, CallOptions.DEFAULT.withDeadline(budget.deadline()), request));
    } finally {
      hop.detach(before);
      hop.cancel(null);
    }
  }

  private Channel channel(Member to) {
    Metadata mark = new Metadata();
    mark.put(CallContext.FORWARDED_HEADER, "1");
    return ClientInterceptors.intercept(
        channels.to(to.clientAddress()), MetadataUtils.newAttachHeadersInterceptor(mark));
  }

  private static StatusRuntimeException asStatus(ExecutionException e) {
    return e.getCause() instanceof StatusRuntimeException status
        ? status
        : Status.fromThrowable(e).asRuntimeException();
  }
}
