package io.balsa.service.consensus;

import io.balsa.catalog.ClosableView;
import io.balsa.command.BatchReply;
import io.balsa.command.CommandBatch;
import io.balsa.command.CommandCodec;
import io.balsa.command.Decision;
import io.balsa.command.DigestMark;
import io.balsa.command.Envelope;
import io.balsa.command.ReplyCodec;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.replica.CatalogStateMachine;
import io.balsa.service.freshness.FreshnessGate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** The catalog's group through this node's replica. */
public final class LocalCatalog implements CatalogGroup, AutoCloseable {
  private final GroupConsensus consensus;
  private final CatalogStateMachine replica;
  private final CatalogLog catalogLog;
  private final Proposer<Envelope, Decision> proposer;
  private final Settings settings;

  /**
   * How to propose.
   *
   * @param batchCommandsMax commands in an entry
   * @param batchBytesMax bytes in an entry
   * @param batchesInFlightMax entries on their way
   * @param repliesKeptRevisions see {@link CommandBatch.Stamp}
   * @param repliesKept see {@link CommandBatch.Stamp}
   */
  public record Settings(
      int batchCommandsMax,
      long batchBytesMax,
      int batchesInFlightMax,
      long repliesKeptRevisions,
      Duration repliesKept) {}

  /**
   * Makes the handle and starts its proposer.
   *
   * @param clock for the stamp on entries; display and expiry only
   */
  public LocalCatalog(
      RatisNode ratis,
      CatalogStateMachine replica,
      GroupWiring wiring,
      Settings settings,
      Clock clock) {
    this.replica = replica;
    this.settings = settings;
    Proposer.Limits limits =
        new Proposer.Limits(
            settings.batchCommandsMax, settings.batchBytesMax, settings.batchesInFlightMax);
    catalogLog = new CatalogLog(ratis, replica, clock, settings);
    proposer = new Proposer<>("balsa-propose-catalog", limits, catalogLog);
    consensus =
        new GroupConsensus(ratis, GroupName.CATALOG, replica.applied(), wiring, this::confirm);
  }

  /** The catalog's log as the proposer sees it. */
  private record CatalogLog(
      RatisNode ratis, CatalogStateMachine replica, Clock clock, Settings settings)
      implements Proposer.Log<Envelope, Decision> {
    @Override
    public boolean isLeader() {
      return ratis.isLeader(GroupName.CATALOG);
    }

    @Override
    public Optional<Member> leader() {
      return ratis.leader(GroupName.CATALOG);
    }

    @Override
    public ByteString encode(List<Envelope> commands) {
      return encode(commands, Optional.empty());
    }

    ByteString encode(List<Envelope> commands, Optional<DigestMark> mark) {
      CommandBatch.Stamp stamp =
          new CommandBatch.Stamp(
              clock.millis(), settings.repliesKeptRevisions, settings.repliesKept.toMillis());
      return UnsafeByteOperations.unsafeWrap(
          CommandCodec.encode(new CommandBatch(stamp, commands, mark)));
    }

    @Override
    public CompletableFuture<RaftClientReply> submit(ByteString entry) {
      return ratis.submit(GroupName.CATALOG, entry);
    }

    @Override
    public Proposer.Reply<Decision> decode(ByteString reply) {
      if (replica.isFenced()) {
        throw new ReplicaClosed(GroupName.CATALOG); // What it decided may be wrong.
      }
      BatchReply decoded = ReplyCodec.decode(reply.asReadOnlyByteBuffer());
      return new Proposer.Reply<>(decoded.at(), decoded.decisions());
    }
  }

  /** Proposes a mark; nobody waits for it. */
  public void mark(DigestMark mark) {
    var _ = catalogLog.submit(catalogLog.encode(List.of(), Optional.of(mark)));
  }

  @Override
  public GroupName name() {
    return consensus.name();
  }

  @Override
  public boolean isLeader() {
    return consensus.isLeader();
  }

  @Override
  public Optional<Member> leader() {
    return consensus.leader();
  }

  @Override
  public FreshnessGate gate() {
    return consensus.gate();
  }

  @Override
  public Outcome<LogPosition> confirm(Duration timeout) {
    return GroupConsensus.positionOf(GroupConsensus.await(proposer.propose(List.of(), 0), timeout));
  }

  @Override
  public boolean awaitAll(long index, Duration timeout) {
    return consensus.awaitAll(index, timeout);
  }

  @Override
  public Outcome<List<Decision>> propose(List<Envelope> commands, Duration timeout) {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    List<CompletableFuture<Outcome<List<Decision>>>> parts = new ArrayList<>();
    for (List<Envelope> part : parts(commands)) {
      long bytes = part.stream().mapToLong(CommandCodec::encodedBytes).sum();
      parts.add(proposer.propose(part, bytes));
    }
    List<Decision> decisions = new ArrayList<>();
    LogPosition last = LogPosition.START;
    for (CompletableFuture<Outcome<List<Decision>>> part : parts) {
      Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
      Outcome<List<Decision>> outcome = GroupConsensus.await(part, left);
      if (!(outcome
          instanceof Outcome.Committed<List<Decision>>(List<Decision> some, LogPosition at))) {
        // Earlier parts may have happened; a retry under the same request ids finds out.
        return parts.size() == 1 ? outcome : new Outcome.Unknown<>(outcome.toString());
      }
      decisions.addAll(some);
      last = at;
    }
    return new Outcome.Committed<>(List.copyOf(decisions), last);
  }

  /** Splits commands so that each part fits an entry. */
  private List<List<Envelope>> parts(List<Envelope> commands) {
    List<List<Envelope>> parts = new ArrayList<>();
    List<Envelope> part = new ArrayList<>();
    long bytes = 0;
    for (Envelope command : commands) {
      long size = CommandCodec.encodedBytes(command);
      if (!part.isEmpty()
          && (part.size() == settings.batchCommandsMax || bytes + size > settings.batchBytesMax)) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(command);
      bytes += size;
    }
    parts.add(part);
    return parts;
  }

  @Override
  public ClosableView view() {
    return replica.view().orElseThrow(() -> new ReplicaClosed(name()));
  }

  @Override
  public boolean awaitRevision(long revision, Duration timeout) {
    if (replica.revision().reached() < revision) {
      consensus.nudge();
    }
    try {
      return replica.revision().await(revision, timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    proposer.close();
  }
}
