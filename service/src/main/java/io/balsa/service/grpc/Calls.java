package io.balsa.service.grpc;

import io.balsa.service.admission.Permit;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Runs handlers and ends their calls, well or badly. Thread-safe. */
final class Calls {
  private final Errors errors;
  private final Duration requestTimeout;
  private final Executor executor;

  /**
   * Makes a runner.
   *
   * @param executor one virtual thread a task
   */
  Calls(Errors errors, Duration requestTimeout, Executor executor) {
    this.errors = errors;
    this.requestTimeout = requestTimeout;
    this.executor = executor;
  }

  /** What answers a call with one message. */
  @FunctionalInterface
  interface Work<R> {
    R run(Budget budget) throws InterruptedException;
  }

  /** What streams; it ends with the whole answer sent. */
  @FunctionalInterface
  interface Streaming {
    void run() throws InterruptedException;
  }

  /** Answers on this thread, which is the call's own: callbacks wait. */
  <R> void answer(StreamObserver<R> out, Work<R> work) {
    try {
      R answer = work.run(Budget.ofCall(requestTimeout));
      out.onNext(answer);
      out.onCompleted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      out.onError(errors.toStatus(e));
    } catch (RuntimeException e) {
      fail(out, e);
    } catch (Error e) {
      // Not thrown on: the call's queue would stall with its end in it.
      out.onError(errors.stop(e));
    }
  }

  /**
   * Streams on a thread of its own, so that the call's callbacks (ready, cancelled, next message)
   * go on. The permit is held until that thread is done.
   */
  void stream(ServerCallStreamObserver<?> out, Streaming work) {
    inBackground(() -> runStream(out, work));
  }

  /** Runs a part of the call on another thread, in its context, which holds the permit, too. */
  void inBackground(Runnable work) {
    Permit permit = CallContext.permit();
    permit.hold();
    boolean handedOver = false;
    try {
      executor.execute(
          Context.current()
              .wrap(
                  () -> {
                    try {
                      work.run();
                    } finally {
                      permit.release();
                    }
                  }));
      handedOver = true;
    } finally {
      if (!handedOver) {
        permit.release();
      }
    }
  }

  Errors errors() {
    return errors;
  }

  /** A budget of the request timeout, from now, for one step of a stream. */
  Budget step() {
    return Budget.ofCall(requestTimeout);
  }

  private void runStream(ServerCallStreamObserver<?> out, Streaming work) {
    try {
      work.run();
      out.onCompleted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      out.onError(errors.toStatus(e));
    } catch (RuntimeException e) {
      fail(out, e);
    } catch (Error e) {
      // Not thrown on: the call's queue would stall with its end in it.
      out.onError(errors.stop(e));
    }
  }

  private void fail(StreamObserver<?> out, RuntimeException thrown) {
    StatusRuntimeException status = errors.toStatus(thrown);
    // The call may be closed already, by its caller or by its deadline; then nobody listens.
    if (!(out instanceof ServerCallStreamObserver<?> call) || !call.isCancelled()) {
      out.onError(status);
    }
  }
}
