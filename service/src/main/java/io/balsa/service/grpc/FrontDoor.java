package io.balsa.service.grpc;

import com.google.protobuf.MessageLite;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.NodesGrpc;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.model.Limits;
import io.balsa.service.admission.Admission;
import io.balsa.service.admission.Permit;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Admits calls before their messages are read, bounds each message by its method, and keeps the
 * permit until the call is closed and its handler has returned. Calls that tell whether the node
 * lives are always admitted.
 */
final class FrontDoor implements ServerInterceptor {
  /**
   * Beyond what a method's fields may hold: framing, ids, and what a node adds when it forwards.
   */
  private static final int SLACK_BYTES = 512 << 10;

  private static final int SMALL_MESSAGE_BYTES_MAX = 64 << 10;

  private static final Set<String> ALWAYS_ADMITTED =
      Set.of(
          ClusterGrpc.getGetIdentityMethod().getFullMethodName(),
          ClusterGrpc.getGetStatusMethod().getFullMethodName(),
          NodesGrpc.getGetMaintenanceMethod().getFullMethodName());
  private static final Set<String> ALWAYS_ADMITTED_SERVICES =
      Set.of("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");

  private static final Map<String, Integer> MESSAGE_BYTES_MAX =
      Map.of(
          ObjectsGrpc.getPutObjectMethod().getFullMethodName(), Fields.PART_BYTES_MAX + SLACK_BYTES,
          ObjectsGrpc.getCommitObjectsMethod().getFullMethodName(),
              Fields.COMMIT_BYTES_MAX + SLACK_BYTES,
          ChunksGrpc.getHaveChunksMethod().getFullMethodName(), SLACK_BYTES,
          ChunksGrpc.getPutChunksMethod().getFullMethodName(),
              Limits.ENTRY_PAYLOAD_BYTES_MAX + SLACK_BYTES);

  private final Admission admission;

  FrontDoor(Admission admission) {
    this.admission = admission;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    MethodDescriptor<Q, R> method = call.getMethodDescriptor();
    boolean forwarded = headers.containsKey(CallContext.FORWARDED_HEADER);
    if (isAlwaysAdmitted(method)) {
      return Contexts.interceptCall(CallContext.with(null, forwarded), call, headers, next);
    }
    long reserved = reservedBytes(method);
    Permit permit = admission.tryAdmit(0).orElse(null);
    if (permit == null) {
      refuse(call, Problems.tooManyCalls());
      return new ServerCall.Listener<>() {};
    }
    if (!permit.tryGrow(reserved)) {
      permit.release();
      refuse(call, Problems.tooManyBytes());
      return new ServerCall.Listener<>() {};
    }
    boolean started = false;
    try {
      ServerCall.Listener<Q> listener =
          Contexts.interceptCall(CallContext.with(permit, forwarded), call, headers, next);
      started = true;
      return new Admitted<>(listener, call, permit, reserved);
    } finally {
      if (!started) {
        permit.release();
      }
    }
  }

  private static boolean isAlwaysAdmitted(MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    return ALWAYS_ADMITTED.contains(method.getFullMethodName())
        || (service != null && ALWAYS_ADMITTED_SERVICES.contains(service));
  }

  /** Large messages are paid for before they are read; small ones when they are there. */
  private static long reservedBytes(MethodDescriptor<?, ?> method) {
    int max = messageBytesMax(method);
    return method.getType().clientSendsOneMessage() && max > Fields.COMMIT_BYTES_MAX ? max : 0;
  }

  private static int messageBytesMax(MethodDescriptor<?, ?> method) {
    return MESSAGE_BYTES_MAX.getOrDefault(method.getFullMethodName(), SMALL_MESSAGE_BYTES_MAX);
  }

  private static void refuse(ServerCall<?, ?> call, Problem problem) {
    StatusRuntimeException status = problem.toStatus();
    Metadata trailers = status.getTrailers();
    call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  /** A call that holds its permit until it is closed. Callbacks come one after the other. */
  private static final class Admitted<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final Permit permit;
    private long reserved;
    private boolean refused;

    Admitted(ServerCall.Listener<Q> inner, ServerCall<Q, ?> call, Permit permit, long reserved) {
      super(inner);
      this.call = call;
      this.permit = permit;
      this.reserved = reserved;
    }

    @Override
    public void onMessage(Q message) {
      Problem problem = check(((MessageLite) message).getSerializedSize());
      if (problem == null) {
        super.onMessage(message);
      } else if (!refused) {
        refused = true;
        refuse(call, problem);
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onComplete() {
      try {
        super.onComplete();
      } finally {
        permit.release();
      }
    }

    @Override
    public void onCancel() {
      try {
        super.onCancel();
      } finally {
        permit.release();
      }
    }

    private @Nullable Problem check(long bytes) {
      int max = messageBytesMax(call.getMethodDescriptor());
      if (bytes > max) {
        return Problems.tooLarge("message bytes", bytes, max);
      }
      // Streams account for what they keep.
      if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
        return null;
      }
      if (bytes <= reserved) {
        permit.shrink(reserved - bytes);
      } else if (!permit.tryGrow(bytes - reserved)) {
        return Problems.tooManyBytes();
      }
      reserved = bytes;
      return null;
    }
  }
}
