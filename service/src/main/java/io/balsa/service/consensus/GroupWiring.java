package io.balsa.service.consensus;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What groups need of the node.
 *
 * @param barrierTimeout how long one barrier may take, positive
 * @param remote asks other nodes
 * @param executor runs barriers; each occupies a thread while it waits
 */
public record GroupWiring(Duration barrierTimeout, RemoteConfirm remote, Executor executor) {
  /** Asks another node to confirm an index of a group that it leads. */
  @FunctionalInterface
  public interface RemoteConfirm {
    /** As {@link Group#confirm}, on {@code leader}. */
    Outcome<LogPosition> confirm(Member leader, GroupName group, Duration timeout);
  }
}
