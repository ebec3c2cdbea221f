package io.balsa.service.grpc;

import io.balsa.api.v1.PeersGrpc;
import io.balsa.model.LogKeys;
import io.balsa.service.consensus.Member;
import io.balsa.service.neighbours.Beat;
import io.balsa.service.neighbours.BeatSender;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends beats to other members' front ends, at most one at a time to each. Thread-safe. */
public final class RemoteBeats implements BeatSender {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteBeats.class);
  private static final long DEADLINE_MILLIS = 2_000;

  private final PeerChannels channels;
  private final Executor executor;
  private final Set<String> onTheWay = ConcurrentHashMap.newKeySet();

  /**
   * Sends through these connections.
   *
   * @param executor one virtual thread a task
   */
  public RemoteBeats(PeerChannels channels, Executor executor) {
    this.channels = channels;
    this.executor = executor;
  }

  @Override
  public void send(Member to, Beat beat) {
    if (onTheWay.add(to.peerId())) {
      boolean begun = false;
      try {
        executor.execute(() -> sendNow(to, beat));
        begun = true;
      } finally {
        if (!begun) {
          onTheWay.remove(to.peerId());
        }
      }
    }
  }

  private void sendNow(Member to, Beat beat) {
    try {
      var _ =
          PeersGrpc.newBlockingStub(channels.to(to.clientAddress()))
              .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
              .beat(BeatMessages.toWire(beat));
    } catch (StatusRuntimeException e) {
      // Its silence tells the same.
      LOG.atDebug().addKeyValue(LogKeys.NODE, to.nodeId()).setCause(e).log("a beat was not heard");
    } finally {
      onTheWay.remove(to.peerId());
    }
  }
}
