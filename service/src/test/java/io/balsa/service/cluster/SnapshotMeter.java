package io.balsa.service.cluster;

import io.balsa.api.v1.FetchSnapshotResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of packs that travel in snapshots, and stops them all once there are enough.
 * Thread-safe.
 */
public final class SnapshotMeter implements ClientInterceptor {
  private final long stopAtBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  /** Stops after so many bytes. */
  public SnapshotMeter(long stopAtBytes) {
    this.stopAtBytes = stopAtBytes;
  }

  /** Bytes of packs that came so far, from whomever. */
  public long bytes() {
    return bytes.get();
  }

  /** Waits until transfers stand still. */
  public void awaitStopped() throws InterruptedException {
    if (!stopped.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("only " + bytes + " bytes came");
    }
  }

  /** Lets all through from now on. */
  public void open() {
    opened.countDown();
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        super.start(new Counting<>(listener), headers);
      }
    };
  }

  private final class Counting<R> extends SimpleForwardingClientCallListener<R> {
    Counting(ClientCall.Listener<R> listener) {
      super(listener);
    }

    @Override
    public void onMessage(R message) {
      if (message instanceof FetchSnapshotResponse part
          && part.getBlock().getPath().startsWith("pack-")) {
        if (bytes.addAndGet(part.getBlock().getData().size()) >= stopAtBytes) {
          stopped.countDown();
          awaitOpened();
        }
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
