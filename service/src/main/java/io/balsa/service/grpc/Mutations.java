package io.balsa.service.grpc;

import io.balsa.api.v1.Durability;
import io.balsa.api.v1.WriteReceipt;
import io.balsa.command.Command;
import io.balsa.command.CommandCodec;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.CatalogGroup;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Changes of one catalog command each. Thread-safe. */
final class Mutations {
  private final FreshReads reads;
  private final ToLeader toLeader;
  private final DurabilityProof proof;

  Mutations(FreshReads reads, ToLeader toLeader, DurabilityProof proof) {
    this.reads = reads;
    this.toLeader = toLeader;
    this.proof = proof;
  }

  /** Which groups a change touches beside the catalog. */
  enum Reach {
    /** None. */
    NAMES,
    /** All chunk groups, as it makes objects of any of them visible. */
    ALL_CHUNKS
  }

  /**
   * A change, checked.
   *
   * @param hop how a leader elsewhere is asked
   * @param envelope what is proposed here
   * @param asked never UNSPECIFIED
   * @param reach what a proof of durability covers
   */
  record Mutation<Q, R>(ToLeader.Hop<Q, R> hop, Envelope envelope, Durability asked, Reach reach) {}

  /**
   * A change that happened.
   *
   * @param value what the catalog promised with it
   * @param receipt its proof
   * @param catalog where it is applied
   */
  record Done(long value, WriteReceipt receipt, CatalogGroup catalog) {}

  /**
   * Brings a change to its end.
   *
   * @param answer makes the answer where the change is led by this node
   * @throws Refusal as {@link ToLeader#settle}, or why the catalog rejected it
   */
  <Q, R> R run(Mutation<Q, R> mutation, Function<Done, R> answer, Budget budget) {
    ClusterNode.Groups groups = reads.groups();
    CatalogGroup catalog = groups.catalog();
    return toLeader.settle(
        new ToLeader.Change<>(
            catalog,
            mutation.envelope().requestId().text(),
            mutation.hop(),
            timeout ->
                ToLeader.mapped(
                    catalog.propose(List.of(mutation.envelope()), timeout),
                    committed ->
                        answer.apply(
                            done(
                                groups,
                                mutation,
                                accepted(committed.value().getFirst()),
                                committed.at(),
                                budget))),
            addedBytes(mutation.envelope())),
        budget);
  }

  /** What only opens, closes or removes something is taken on a full disk, too. */
  private static OptionalLong addedBytes(Envelope envelope) {
    return switch (envelope.command()) {
      case Command.CreateDataset _, Command.BeginTransaction _, Command.CreateVersion _ ->
          OptionalLong.of(CommandCodec.encodedBytes(envelope));
      default -> OptionalLong.empty();
    };
  }

  private Done done(
      ClusterNode.Groups groups,
      Mutation<?, ?> mutation,
      Decision.Accepted accepted,
      LogPosition at,
      Budget budget) {
    Set<Integer> touched =
        switch (mutation.reach()) {
          case NAMES -> Set.of();
          case ALL_CHUNKS -> DurabilityProof.allOf(groups);
        };
    Durability proven = proof.prove(groups, at.index(), touched, mutation.asked(), budget);
    return new Done(
        accepted.value(),
        receipt(accepted.revision(), at, proven, mutation.asked()).build(),
        groups.catalog());
  }

  static WriteReceipt.Builder receipt(
      long revision, LogPosition at, Durability proven, Durability asked) {
    return WriteReceipt.newBuilder()
        .setRevision(revision)
        .setDurability(proven)
        .setDurabilityAsked(asked)
        .setTerm(at.term())
        .setIndex(at.index());
  }

  private static Decision.Accepted accepted(Decision decision) {
    return switch (decision) {
      case Decision.Accepted accepted -> accepted;
      case Decision.Rejected rejected -> throw Problems.rejected(rejected).refusal();
    };
  }
}
