package io.balsa.service.grpc;

import io.balsa.model.ChunkId;
import io.balsa.model.LogKeys;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.ReplicaClosed;
import io.balsa.service.freshness.NotFresh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a chunk's bytes: from this node's replica, else from another member's. Bytes name
 * themselves, so any replica will do, and none is believed unchecked. Thread-safe.
 */
final class ChunkFetch {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkFetch.class);

  private final ClusterNode node;
  private final FreshReads reads;
  private final Forwarder forwarder;
  private final Duration lagWait;

  ChunkFetch(ClusterNode node, FreshReads reads, Forwarder forwarder, Duration lagWait) {
    this.node = node;
    this.reads = reads;
    this.forwarder = forwarder;
    this.lagWait = lagWait;
  }

  /**
   * Gets a whole chunk.
   *
   * @return its bytes, checked, read-only
   * @throws Refusal DATA_LOSS/CORRUPT where a copy is bad and no member has a good one;
   *     CHUNK_MISSING where nobody has it; NOT_FRESH where a member that may have it cannot be
   *     asked
   */
  ByteBuffer fetch(ChunkId id, int group, Budget budget) throws InterruptedException {
    ChunkGroup local = reads.groups().chunks(group);
    boolean corrupt = false;
    boolean unreachable = false;
    ChunkCopy copy = readLocal(local, id, budget);
    Iterator<Member> others =
        CallContext.isForwarded() ? List.<Member>of().iterator() : others(local).iterator();
    while (true) {
      switch (copy) {
        case ChunkCopy.Good(ByteBuffer bytes) -> {
          return bytes;
        }
        case ChunkCopy.Missing() -> {}
        case ChunkCopy.Corrupt() -> corrupt = true;
        case ChunkCopy.Unreachable() -> unreachable = true;
      }
      if (!others.hasNext()) {
        throw failure(id, corrupt, unreachable).refusal();
      }
      copy = RemoteChunks.read(forwarder, others.next(), id, group, budget);
    }
  }

  private Problem failure(ChunkId id, boolean corrupt, boolean unreachable) {
    // Lost is only what no member has: one that cannot be asked now may have a good copy.
    if (unreachable) {
      return Problems.chunkUnreachable(id);
    }
    return corrupt ? Problems.corrupt(id) : Problems.chunkMissing(id);
  }

  private ChunkCopy readLocal(ChunkGroup local, ChunkId id, Budget budget)
      throws InterruptedException {
    try {
      Optional<ByteBuffer> bytes = local.read(id);
      if (bytes.isEmpty()) {
        // The catalog names it, so it is committed: this replica is behind.
        local.gate().barrier(budget.atMost(lagWait).left());
        bytes = local.read(id);
      }
      return bytes.<ChunkCopy>map(ChunkCopy.Good::new).orElseGet(ChunkCopy.Missing::new);
    } catch (NotFresh | ReplicaClosed e) {
      return new ChunkCopy.Unreachable();
    } catch (ClosedByInterruptException e) {
      // The caller gave up while the disk was read. Nothing is wrong with the chunk.
      throw new InterruptedException("interrupted while reading chunk " + id);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue(LogKeys.GROUP, local.name())
          .addKeyValue(LogKeys.CHUNK, id)
          .setCause(e)
          .log("chunk is bad here, reading it from another replica");
      return new ChunkCopy.Corrupt();
    }
  }

  /** The other members, the group's leader first. */
  private List<Member> others(ChunkGroup group) {
    String self = node.identity().member().peerId();
    List<Member> others = new ArrayList<>();
    group.leader().ifPresent(others::add);
    node.members().stream().filter(member -> !others.contains(member)).forEach(others::add);
    others.removeIf(member -> member.peerId().equals(self));
    return others;
  }
}
