package io.balsa.client.routing;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One RPC to one node. Its end is told once, from a gRPC thread. Started and cancelled by the
 * thread that made it.
 */
final class Attempt<Q, A extends MessageLite> {
  // Counted for each answer, so that empty ones do not fill the heap either.
  private static final int ANSWER_OVERHEAD_BYTES = 64;

  private final Node node;
  private final long startedNanos;
  private final long answerBytesMax;
  private final BiConsumer<Attempt<Q, A>, End<A>> ended;
  private final Optional<Consumer<A>> watcher;
  private final ClientCall<Q, A> call;
  private volatile boolean handedOver;
  private volatile boolean answering;

  /** How an attempt ended. */
  sealed interface End<A> {
    /** All answers are here. */
    record Answered<A>(List<A> answers) implements End<A> {}

    /** It failed. */
    record Failed<A>(Failure failure) implements End<A> {}
  }

  /** What an attempt needs to know of its call. */
  record Terms(long answerBytesMax, long nowNanos, long deadlineNanos) {}

  Attempt(
      Node node,
      MethodDescriptor<Q, A> method,
      Terms terms,
      BiConsumer<Attempt<Q, A>, End<A>> ended) {
    this(node, method, terms, Optional.empty(), ended);
  }

  /**
   * Makes an attempt.
   *
   * @param watcher told each answer as it comes; only the last one is kept then
   */
  Attempt(
      Node node,
      MethodDescriptor<Q, A> method,
      Terms terms,
      Optional<Consumer<A>> watcher,
      BiConsumer<Attempt<Q, A>, End<A>> ended) {
    this.node = node;
    this.watcher = watcher;
    this.startedNanos = terms.nowNanos();
    this.answerBytesMax = terms.answerBytesMax();
    this.ended = ended;
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(terms.deadlineNanos() - startedNanos, TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(new Handover());
    this.call = node.channel().newCall(method, options);
  }

  void start(Q request) {
    call.start(new Answers(), new Metadata());
    call.sendMessage(request);
    call.halfClose();
    call.request(2);
  }

  void cancel() {
    call.cancel("the call is settled", null);
  }

  Node node() {
    return node;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** False: the request certainly did not leave this process. */
  boolean isHandedOver() {
    return handedOver;
  }

  /** True: the node has begun to answer. */
  boolean isAnswering() {
    return answering;
  }

  /** Called by gRPC, one call at a time. */
  private final class Answers extends ClientCall.Listener<A> {
    private final List<A> answers = new ArrayList<>();
    private long answerBytes;
    private boolean over;

    @Override
    public void onMessage(A answer) {
      if (over) {
        return;
      }
      answering = true;
      if (watcher.isPresent()) {
        watcher.get().accept(answer);
        answers.clear();
        answerBytes = 0;
      }
      answers.add(answer);
      answerBytes += answer.getSerializedSize() + ANSWER_OVERHEAD_BYTES;
      if (answerBytes > answerBytesMax) {
        end(new End.Failed<>(Failure.wrongAnswer("more than " + answerBytesMax + " bytes")));
        cancel();
      } else {
        call.request(1);
      }
    }

    @Override
    public void onClose(Status status, @Nullable Metadata trailers) {
      if (!status.isOk()) {
        end(new End.Failed<>(Failure.of(status, trailers, handedOver)));
      } else if (answers.isEmpty()) {
        end(new End.Failed<>(Failure.wrongAnswer("no answer")));
      } else {
        end(new End.Answered<>(answers));
      }
    }

    private void end(End<A> end) {
      if (!over) {
        over = true;
        ended.accept(Attempt.this, end);
      }
    }
  }

  /** Notes that the request was given to a connection; before that it cannot have happened. */
  private final class Handover extends ClientStreamTracer.Factory {
    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void outboundMessage(int sequence) {
          handedOver = true;
        }
      };
    }
  }
}
