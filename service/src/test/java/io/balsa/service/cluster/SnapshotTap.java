package io.balsa.service.cluster;

import io.balsa.api.v1.ClusterGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets a test stop a snapshot on its way, after its first messages. Thread-safe. */
public final class SnapshotTap implements ClientInterceptor {
  /** The manifest and a block: the receiver has begun to write. */
  private static final int MESSAGES = 2;

  private final CountDownLatch opened = new CountDownLatch(1);
  private final CompletableFuture<String> source = new CompletableFuture<>();
  private final AtomicInteger begun = new AtomicInteger();

  /** Waits until a snapshot is on its way and stopped; the client address of who sends it. */
  public String awaitStopped() throws Exception {
    return source.get(60, TimeUnit.SECONDS);
  }

  /** Lets all snapshots through from now on. */
  public void open() {
    opened.countDown();
  }

  /** How many snapshots were asked for. */
  public int begun() {
    return begun.get();
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    ClientCall<Q, R> call = next.newCall(method, options);
    if (!method
        .getFullMethodName()
        .equals(ClusterGrpc.getFetchSnapshotMethod().getFullMethodName())) {
      return call;
    }
    begun.incrementAndGet();
    String address = String.valueOf(next.authority());
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        super.start(new Stopping<>(listener, address), headers);
      }
    };
  }

  private final class Stopping<R> extends SimpleForwardingClientCallListener<R> {
    private final String address;
    private int messages;

    Stopping(ClientCall.Listener<R> listener, String address) {
      super(listener);
      this.address = address;
    }

    @Override
    public void onMessage(R message) {
      messages++;
      if (messages == MESSAGES) {
        source.complete(address);
        awaitOpened();
      }
      super.onMessage(message);
    }
  }

  private void awaitOpened() {
    try {
      opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
