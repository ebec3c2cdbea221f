package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.ObjectContent;
import io.balsa.command.Reason;
import io.balsa.command.WriteScope;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.Sha256;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How puts and deletes of objects decide, by themselves or staged. Pure. */
final class ObjectRules {
  private ObjectRules() {}

  static Decision put(OverlayView view, Command.PutObject command) {
    return change(
        view,
        new Change(
            command.dataset(),
            command.path(),
            command.scope(),
            command.precondition(),
            Optional.of(command.content()),
            command.removalsSeen()));
  }

  static Decision delete(OverlayView view, Command.DeleteObject command) {
    return change(
        view,
        new Change(
            command.dataset(),
            command.path(),
            command.scope(),
            command.precondition(),
            Optional.empty(),
            OptionalLong.empty()));
  }

  /** A put, or with no content a delete. */
  private record Change(
      DatasetName dataset,
      ObjectPath path,
      WriteScope scope,
      Precondition precondition,
      Optional<ObjectContent> content,
      OptionalLong removalsSeen) {
    List<ChunkRef> chunks() {
      return content.map(ObjectContent::chunks).orElse(List.of());
    }
  }

  private static Decision change(OverlayView view, Change change) {
    Optional<DatasetRow> dataset = view.dataset(change.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    WriteScope scope = change.scope();
    Optional<TransactionRow> transaction =
        scope.isStaged() ? view.transaction(scope.transactionId()) : Optional.empty();
    Optional<Decision.Rejected> refused = refusedWriter(dataset.get(), scope, transaction);
    if (refused.isPresent()) {
      return refused.get();
    }
    WriterSight sight =
        WriterSight.of(view, dataset.get().id(), change.path(), scope.transactionId());
    Optional<Decision.Rejected> unmet = unmet(change.precondition(), sight);
    if (unmet.isPresent()) {
      return unmet.get();
    }
    if (change.content().isEmpty() && sight.object().isEmpty()) {
      return Refusals.of(Reason.OBJECT_NOT_FOUND);
    }
    Optional<Decision.Rejected> condemned =
        ChunkRules.refused(view, change.chunks(), change.removalsSeen());
    if (condemned.isPresent()) {
      return condemned.get();
    }
    view.insert(
        new ObjectRow(
            dataset.get().id(),
            change.path(),
            view.nextRevision(),
            scope.transactionId(),
            sight.open(),
            view.head().stampMillis(),
            change.content()));
    transaction.ifPresent(open -> view.replace(open, withOneMoreStaged(open)));
    ChunkRules.refer(view, change.chunks());
    return view.accept(0);
  }

  private static Optional<Decision.Rejected> refusedWriter(
      DatasetRow dataset, WriteScope scope, Optional<TransactionRow> transaction) {
    if (scope.epoch().isPresent() && scope.epoch().getAsLong() != dataset.epoch()) {
      return Optional.of(
          Refusals.mismatch(Reason.FENCED, scope.epoch().getAsLong(), dataset.epoch()));
    }
    return scope.isStaged() ? Refusals.unusable(dataset, transaction) : Optional.empty();
  }

  private static Optional<Decision.Rejected> unmet(Precondition precondition, WriterSight sight) {
    return switch (precondition) {
      case Precondition.None _ -> Optional.empty();
      case Precondition.IfAbsent _ ->
          sight.object().isEmpty()
              ? Optional.empty()
              : Optional.of(Refusals.of(Reason.OBJECT_EXISTS, "revision", sight.revision()));
      case Precondition.IfRevision wanted ->
          wanted.revision() == sight.revision()
              ? Optional.empty()
              : Optional.of(
                  Refusals.mismatch(Reason.REVISION_MISMATCH, wanted.revision(), sight.revision()));
      case Precondition.IfDigest wanted -> {
        Optional<Sha256> current =
            sight.object().flatMap(ObjectRow::content).map(ObjectContent::digest);
        yield current.filter(wanted.digest()::equals).isPresent()
            ? Optional.empty()
            : Optional.of(
                Refusals.mismatch(
                    Reason.DIGEST_MISMATCH,
                    wanted.digest(),
                    current.map(Sha256::toString).orElse("")));
      }
    };
  }

  private static TransactionRow withOneMoreStaged(TransactionRow open) {
    return new TransactionRow(
        open.id(),
        open.datasetId(),
        open.state(),
        open.epoch(),
        open.staged() + 1,
        open.publishedRevision(),
        open.createdMillis());
  }
}
