package io.balsa.client;

import io.balsa.client.model.Endpoint;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A node that does what its script says, and else answers from the cluster's state. */
final class FakeNode implements ServerInterceptor {
  final String name;
  final Endpoint endpoint;
  // Names of the methods that were called here.
  final List<String> calls = new CopyOnWriteArrayList<>();
  // Sends zeros instead of stored bytes.
  volatile boolean rotten;
  private volatile Function<String, Turn> script = method -> new Turn.Answer();
  private Server server;

  /** What a node does with a call. */
  sealed interface Turn {
    record Answer() implements Turn {}

    record Hang() implements Turn {}

    record Fail(StatusRuntimeException error) implements Turn {}

    /** Executes the call, then answers with an error. */
    record AnswerThenFail(StatusRuntimeException error) implements Turn {}
  }

  FakeNode(String name, Endpoint endpoint) {
    this.name = name;
    this.endpoint = endpoint;
  }

  void start(ServerBuilder<?> builder, List<BindableService> services) throws IOException {
    services.forEach(builder::addService);
    server = builder.intercept(this).build().start();
  }

  void stop() {
    server.shutdownNow();
  }

  /** Decides by the bare name of the method. */
  void script(Function<String, Turn> turns) {
    script = turns;
  }

  void hang() {
    script(method -> new Turn.Hang());
  }

  /** Fails everything but status and identity. */
  void failWith(StatusRuntimeException error) {
    script(
        method ->
            method.equals("GetStatus") || method.equals("GetIdentity")
                ? new Turn.Answer()
                : new Turn.Fail(error));
  }

  long calls(String method) {
    return calls.stream().filter(method::equals).count();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = call.getMethodDescriptor().getBareMethodName();
    calls.add(method);
    return switch (script.apply(method)) {
      case Turn.Answer() -> next.startCall(call, headers);
      case Turn.Hang() -> {
        call.request(1);
        yield new ServerCall.Listener<>() {};
      }
      case Turn.Fail(var error) -> {
        call.close(error.getStatus(), error.getTrailers());
        yield new ServerCall.Listener<>() {};
      }
      case Turn.AnswerThenFail(var error) -> next.startCall(new Muted<>(call, error), headers);
    };
  }

  private static final class Muted<Q, A>
      extends ForwardingServerCall.SimpleForwardingServerCall<Q, A> {
    private final StatusRuntimeException error;

    Muted(ServerCall<Q, A> call, StatusRuntimeException error) {
      super(call);
      this.error = error;
    }

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(A message) {}

    @Override
    public void close(Status status, Metadata trailers) {
      super.close(error.getStatus(), error.getTrailers());
    }
  }
}
