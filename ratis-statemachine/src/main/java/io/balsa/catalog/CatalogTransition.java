package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.CommandBatch;
import io.balsa.command.CommandCodec;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.Reason;
import io.balsa.command.Upkeep;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an entry of the catalog's log does: the state before it and its commands give the decisions
 * and the state after it, the same on every replica. Pure; safe on every thread.
 *
 * <ul>
 *   <li>The commands decide in order, each seeing what those before it wrote; one that is rejected
 *       leaves nothing behind but its reply.
 *   <li>Each accepted command gets the next revision. (Sealing a version again is accepted at the
 *       current one, since it changes nothing.)
 *   <li>A request id that has a reply gets that reply and changes nothing, or, under another
 *       command, {@link Reason#REQUEST_ID_REUSED}.
 *   <li>Upkeep is always accepted, at the current revision, and leaves no reply.
 *   <li>How commands are divided into batches of the same stamp makes no difference to decisions
 *       and rows.
 * </ul>
 */
public final class CatalogTransition {
  private CatalogTransition() {}

  /**
   * Applies a batch.
   *
   * @param before the state; not changed
   * @param at the batch's place in the log, behind all that is in the state
   * @throws BrokenInvariant if {@code at} is not, or the state contradicts itself: the replica must
   *     stop
   */
  public static AppliedBatch apply(CatalogView before, CommandBatch batch, LogPosition at) {
    CatalogHead head = before.head();
    BrokenInvariant.check(
        at.index() > head.applied().index() && at.term() >= head.applied().term(),
        "entries are applied in order, each once",
        at,
        head.applied());
    OverlayView view = new OverlayView(before, head.at(at).stamped(batch.stamp().timeMillis()));
    List<Decision> decisions = new ArrayList<>(batch.commands().size());
    try (ReplyRetention retention = new ReplyRetention(before, view, batch.stamp())) {
      for (Envelope envelope : batch.commands()) {
        decisions.add(decideOnce(view, retention, envelope));
      }
    }
    List<CatalogWrite> writes = view.writes();
    return new AppliedBatch(decisions, writes, view.head().with(digest(head.digest(), writes)));
  }

  private static Decision decideOnce(
      OverlayView view, ReplyRetention retention, Envelope envelope) {
    if (envelope.command() instanceof Upkeep upkeep) {
      return UpkeepRules.decide(view, upkeep);
    }
    long fingerprint = CommandCodec.fingerprint(envelope.command());
    Optional<ReplyRow> first = view.reply(envelope.requestId());
    if (first.isPresent()) {
      return first.get().fingerprint() == fingerprint
          ? first.get().decision()
          : Decision.Rejected.of(Reason.REQUEST_ID_REUSED, Map.of());
    }
    Decision decision = decide(view, envelope.command());
    view.insert(
        new ReplyRow(
            envelope.requestId(),
            view.nextReply(),
            fingerprint,
            decision,
            view.head().revision(),
            view.head().stampMillis()));
    retention.dropOldest();
    return decision;
  }

  private static Decision decide(OverlayView view, Command command) {
    return switch (command) {
      case Command.CreateDataset c -> DatasetRules.create(view, c);
      case Command.DeleteDataset c -> DatasetRules.delete(view, c);
      case Command.FenceDataset c -> DatasetRules.fence(view, c);
      case Command.BeginTransaction c -> TransactionRules.begin(view, c);
      case Command.PublishTransaction c -> TransactionRules.publish(view, c);
      case Command.AbortTransaction c -> TransactionRules.abort(view, c);
      case Command.PutObject c -> ObjectRules.put(view, c);
      case Command.DeleteObject c -> ObjectRules.delete(view, c);
      case Command.CreateVersion c -> VersionRules.create(view, c);
      case Command.SealVersion c -> VersionRules.seal(view, c);
      case Command.DeleteVersion c -> VersionRules.delete(view, c);
      case Upkeep c -> UpkeepRules.decide(view, c);
    };
  }

  private static StateDigest digest(StateDigest before, List<CatalogWrite> writes) {
    StateDigest digest = before;
    for (CatalogWrite write : writes) {
      if (write.before().isPresent()) {
        digest = digest.minus(RowCodec.hash(write.before().get()));
      }
      if (write.after().isPresent()) {
        digest = digest.plus(RowCodec.hash(write.after().get()));
      }
    }
    return digest;
  }
}
