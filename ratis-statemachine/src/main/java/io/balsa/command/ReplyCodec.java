package io.balsa.command;

import io.balsa.model.LogPosition;
import io.balsa.proto.log.v1.CatalogReply;
import io.balsa.proto.log.v1.ReplyDecision;
import java.nio.ByteBuffer;

/**
 * A {@link BatchReply} to bytes and back. Not persisted, but nodes of neighbouring versions
 * exchange it. Pure; safe on every thread.
 */
public final class ReplyCodec {
  private static final int ACCEPTED = 0;

  private ReplyCodec() {}

  /** A reply's bytes, in a new array. */
  public static byte[] encode(BatchReply reply) {
    CatalogReply.Builder encoded =
        CatalogReply.newBuilder().setTerm(reply.at().term()).setIndex(reply.at().index());
    reply.decisions().forEach(decision -> encoded.addDecisions(encode(decision)));
    return encoded.build().toByteArray();
  }

  /**
   * A reply of the remaining bytes; the buffer's position does not move.
   *
   * @throws UnreadableEntry if they are not a reply that this build knows
   */
  public static BatchReply decode(ByteBuffer bytes) {
    CatalogReply reply = StrictParse.parse(CatalogReply.parser(), bytes);
    try {
      return new BatchReply(
          new LogPosition(reply.getTerm(), reply.getIndex()),
          reply.getDecisionsList().stream().map(ReplyCodec::decode).toList());
    } catch (IllegalArgumentException e) {
      throw new UnreadableEntry("reply: " + e.getMessage(), e);
    }
  }

  private static ReplyDecision encode(Decision decision) {
    return switch (decision) {
      case Decision.Accepted accepted ->
          ReplyDecision.newBuilder()
              .setReason(ACCEPTED)
              .setRevision(accepted.revision())
              .setValue(accepted.value())
              .build();
      case Decision.Rejected rejected ->
          ReplyDecision.newBuilder()
              .setReason(rejected.reason().code())
              .addAllFacts(StrictParse.pairs(rejected.facts()))
              .build();
    };
  }

  private static Decision decode(ReplyDecision decision) {
    StrictParse.known(decision);
    return decision.getReason() == ACCEPTED
        ? new Decision.Accepted(decision.getRevision(), decision.getValue())
        : new Decision.Rejected(
            Reason.ofCode(decision.getReason()), StrictParse.pairs(decision.getFactsList()));
  }
}
