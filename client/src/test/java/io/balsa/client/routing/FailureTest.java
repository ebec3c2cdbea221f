package io.balsa.client.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.model.RefusalCode;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class FailureTest {
  /** What gRPC says of a call whose connection broke while it was written. */
  @Test
  void aBrokenConnectionPassesWhateverGrpcCallsIt() {
    Status broken =
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
    Failure failure = Failure.of(broken, null, true);
    assertThat(failure.sense()).isEqualTo(Failure.Sense.NOT_NOW);
    assertThat(failure.refusal().code()).isEqualTo(RefusalCode.UNAVAILABLE);
    assertThat(failure.isUnreached()).isTrue();
    assertThat(failure.mayHaveHappened()).isTrue();
  }

  @Test
  void aStreamThatAnEndingNodeResetIsABrokenConnection() {
    Status reset =
        Status.CANCELLED.withDescription("RST_STREAM closed stream. HTTP/2 error code: CANCEL");
    Failure failure = Failure.of(reset, null, true);
    assertThat(failure.refusal().code()).isEqualTo(RefusalCode.UNAVAILABLE);
    assertThat(failure.isUnreached()).isTrue();
    assertThat(failure.mayHaveHappened()).isTrue();
  }

  @Test
  void aDefectOfANodeDoesNotPass() {
    Failure failure = Failure.of(Status.UNKNOWN.withDescription("defect"), null, true);
    assertThat(failure.sense()).isEqualTo(Failure.Sense.NOT_HERE);
    assertThat(failure.refusal().code()).isEqualTo(RefusalCode.INTERNAL);
    assertThat(failure.mayHaveHappened()).isTrue();
  }
}
