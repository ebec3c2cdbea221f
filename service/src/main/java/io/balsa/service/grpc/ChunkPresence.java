package io.balsa.service.grpc;

import io.balsa.catalog.ChunkStanding;
import io.balsa.catalog.ClosableView;
import io.balsa.model.ChunkRef;
import io.balsa.model.InvalidField;
import io.balsa.model.RequestId;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.freshness.NotFresh;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tells, for one batch, whether chunks that objects name are stored, as of one view of the catalog.
 * What is not here yet is asked for with one barrier a group, which starts after the batch arrived.
 * For one thread.
 */
final class ChunkPresence implements AutoCloseable {
  private final ClusterNode.Groups groups;
  private final Budget budget;
  private final ClosableView view;
  private final Map<Integer, Optional<Problem>> barriers = new HashMap<>();

  ChunkPresence(ClusterNode.Groups groups, Budget budget) {
    this.groups = groups;
    this.budget = budget;
    this.view = groups.catalog().view();
  }

  /** What puts whose chunks were checked here must carry. */
  long removalsSeen() {
    return view.head().collection().removals();
  }

  /** True where the change has an answer already, which is the one to give, whatever came since. */
  boolean isAnswered(RequestId id) {
    return view.reply(id).isPresent();
  }

  /**
   * Checks a chunk.
   *
   * @throws Refusal CHUNK_MISSING, CONDEMNED, GROUP_NOT_FOUND, or NOT_FRESH where it cannot be
   *     known in time
   * @throws InvalidField if it has another length
   */
  void require(ChunkRef chunk) throws InterruptedException {
    ChunkGroup group = groups.chunks(chunk.group());
    int length =
        switch (ChunkStanding.of(view, chunk.id(), chunk.group())) {
          case ChunkStanding.Stored(int known) -> known;
          case ChunkStanding.Deleting() -> throw Problems.condemned(chunk.id()).refusal();
          case ChunkStanding.Unlisted(long appliedMin) -> lengthIn(group, appliedMin, chunk);
        };
    if (length != chunk.length()) {
      throw new InvalidField(
          "chunk.length", Integer.toString(chunk.length()), "its length, " + length);
    }
  }

  private int lengthIn(ChunkGroup group, long appliedMin, ChunkRef chunk)
      throws InterruptedException {
    if (group.appliedIndex() < appliedMin) {
      barrier(group);
    }
    OptionalInt length = length(group, chunk);
    if (length.isEmpty()) {
      barrier(group);
      length = length(group, chunk);
    }
    return length.orElseThrow(() -> Problems.chunkMissing(chunk.id()).refusal());
  }

  private static OptionalInt length(ChunkGroup group, ChunkRef chunk) {
    try {
      return group.length(chunk.id());
    } catch (IOException e) {
      // Stored and bad here. That is for readers and repair; other replicas have it.
      return OptionalInt.of(chunk.length());
    }
  }

  private void barrier(ChunkGroup group) throws InterruptedException {
    int number = group.name().chunkGroup();
    Optional<Problem> failed = barriers.get(number);
    if (failed == null) {
      failed = tryBarrier(group);
      barriers.put(number, failed);
    }
    if (failed.isPresent()) {
      throw failed.get().refusal();
    }
  }

  private Optional<Problem> tryBarrier(ChunkGroup group) throws InterruptedException {
    try {
      group.gate().barrier(budget.left());
      return Optional.empty();
    } catch (NotFresh e) {
      return Optional.of(
          Problems.notFresh(String.valueOf(e.getMessage()), 0, Optional.empty(), ""));
    }
  }

  @Override
  public void close() {
    view.close();
  }
}
