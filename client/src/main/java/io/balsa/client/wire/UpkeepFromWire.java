package io.balsa.client.wire;

import io.balsa.api.v1.CollectResponse;
import io.balsa.api.v1.CollectStep;
import io.balsa.api.v1.CompactResponse;
import io.balsa.api.v1.GetMaintenanceResponse;
import io.balsa.api.v1.ScrubResponse;
import io.balsa.api.v1.ScrubStatus;
import io.balsa.api.v1.StoreStatus;
import io.balsa.api.v1.TakeSnapshotResponse;
import io.balsa.client.model.CollectionProgress;
import io.balsa.client.model.CompactionProgress;
import io.balsa.client.model.GroupSnapshot;
import io.balsa.client.model.NodeUpkeep;
import io.balsa.client.model.ScrubProgress;
import java.time.Instant;
import java.util.Optional;

/** From messages about the care for what is stored. No state. */
public final class UpkeepFromWire {
  private UpkeepFromWire() {}

  /** How far a scrub is. */
  public static ScrubProgress scrub(ScrubResponse message) {
    return new ScrubProgress(
        message.getAt(),
        message.getBytesDone(),
        message.getBytesTotal(),
        message.getFound(),
        message.getLost());
  }

  /** How far a compaction is. */
  public static CompactionProgress compaction(CompactResponse message) {
    return new CompactionProgress(message.getAt(), message.getBytesDone(), message.getFreedBytes());
  }

  /** A replica's snapshot. */
  public static GroupSnapshot snapshot(TakeSnapshotResponse message) {
    return new GroupSnapshot(message.getGroup(), message.getIndex());
  }

  /** How far a round of collection is. */
  public static CollectionProgress collection(CollectResponse message) {
    return new CollectionProgress(
        switch (message.getStep()) {
          case COLLECT_STEP_ROWS -> CollectionProgress.Step.ROWS;
          case COLLECT_STEP_ORPHANS -> CollectionProgress.Step.ORPHANS;
          case COLLECT_STEP_CHUNKS -> CollectionProgress.Step.CHUNKS;
          case COLLECT_STEP_DONE -> CollectionProgress.Step.DONE;
          case COLLECT_STEP_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalArgumentException("no step of a round: " + message.getStepValue());
        },
        message.getFloor(),
        message.getRowsSwept(),
        message.getChunksCondemned(),
        message.getChunksRemoved());
  }

  /** How a round of collection ended: its last message tells of the whole. */
  public static CollectionProgress collected(CollectResponse last) {
    if (last.getStep() != CollectStep.COLLECT_STEP_DONE) {
      throw new IllegalArgumentException("a round ended before its end");
    }
    return collection(last);
  }

  /** How what is stored is. */
  public static NodeUpkeep upkeep(GetMaintenanceResponse message) {
    ScrubStatus scrub = message.getScrub();
    long lost = message.getStoresList().stream().mapToLong(StoreStatus::getLost).sum();
    return new NodeUpkeep(
        new NodeUpkeep.Scrub(
            scrub.getEnabled(),
            instant(scrub.getStartedMs()),
            instant(scrub.getCompletedMs()),
            new ScrubProgress(
                scrub.getAt(),
                scrub.getBytesDone(),
                scrub.getBytesTotal(),
                scrub.getFound(),
                lost)),
        message.getStoresList().stream()
            .map(
                store ->
                    new NodeUpkeep.Store(
                        store.getGroup(),
                        store.getLost(),
                        store.getPackBytes(),
                        store.getLiveBytes(),
                        store.getDamagedPacks()))
            .toList(),
        message.getRepaired());
  }

  private static Optional<Instant> instant(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }
}
