package io.balsa.service.grpc;

import io.balsa.api.v1.ChangeRejection;
import io.balsa.api.v1.ChangeResult;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.CommitObjectsResponse;
import io.balsa.api.v1.Durability;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.ObjectChange;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.WriteReceipt;
import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.ObjectContent;
import io.balsa.command.WriteScope;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.model.Precondition;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.Outcome;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Changes to objects whose chunks are stored. The catalog's leader checks that they are, and
 * proposes all good changes of a request at once; each succeeds or fails alone. Only where the
 * leader cannot find out whether a chunk is stored, the whole request is refused. Thread-safe.
 */
final class ObjectCommits {
  private static final int CHANGES_MAX = 1_000;

  private final FreshReads reads;
  private final ToLeader toLeader;
  private final DurabilityProof proof;
  private final Errors errors;
  private final Supplier<String> requestIds;

  ObjectCommits(
      FreshReads reads,
      ToLeader toLeader,
      DurabilityProof proof,
      Errors errors,
      Supplier<String> requestIds) {
    this.reads = reads;
    this.toLeader = toLeader;
    this.proof = proof;
    this.errors = errors;
    this.requestIds = requestIds;
  }

  /** One change, as far as it got. */
  private sealed interface Plan {
    /** Fit to be proposed. */
    record Fit(Envelope envelope) implements Plan {}

    /** Refused before that. */
    record Unfit(Problem problem) implements Plan {}
  }

  /** Commits; the results are in the order of the changes. */
  CommitObjectsResponse commit(CommitObjectsRequest request, Budget budget) {
    check(request);
    DatasetName dataset = Fields.dataset("dataset", request.getDataset());
    WriteScope scope =
        Fields.scope(
            request.getTransactionId(), Fields.epoch(request.hasEpoch(), request.getEpoch()));
    Durability asked = Fields.durability(request.getDurability());
    CommitObjectsRequest named = named(request);
    List<Plan> plans =
        named.getChangesList().stream().map(change -> plan(dataset, scope, change)).toList();
    ClusterNode.Groups groups = reads.groups();
    if (fit(plans).isEmpty()) {
      return answer(plans, List.of(), result -> result);
    }
    return toLeader.settle(
        new ToLeader.Change<>(
            groups.catalog(),
            named.getChanges(0).getRequestId(),
            new ToLeader.Hop<>(ObjectsGrpc.getCommitObjectsMethod(), named),
            _ -> propose(groups, plans, asked, budget),
            named.getChangesList().stream().anyMatch(ObjectChange::hasPut)
                ? OptionalLong.of(named.getSerializedSize())
                : OptionalLong.empty()),
        budget);
  }

  private static void check(CommitObjectsRequest request) {
    Fields.number("changes", request.getChangesCount(), 1, CHANGES_MAX);
    // A node that forwards a request has made its ids longer.
    if (!CallContext.isForwarded() && request.getSerializedSize() > Fields.COMMIT_BYTES_MAX) {
      throw Problems.tooLarge("request bytes", request.getSerializedSize(), Fields.COMMIT_BYTES_MAX)
          .refusal();
    }
  }

  private CommitObjectsRequest named(CommitObjectsRequest request) {
    CommitObjectsRequest.Builder named = request.toBuilder();
    for (ObjectChange.Builder change : named.getChangesBuilderList()) {
      if (change.getRequestId().isEmpty()) {
        change.setRequestId(requestIds.get());
      }
    }
    return named.build();
  }

  private Plan plan(DatasetName dataset, WriteScope scope, ObjectChange change) {
    try {
      return new Plan.Fit(
          new Envelope(Fields.requestId(change.getRequestId()), command(dataset, scope, change)));
    } catch (InvalidField e) {
      return new Plan.Unfit(Problems.invalid(e));
    }
  }

  private static Command command(DatasetName dataset, WriteScope scope, ObjectChange change) {
    var path = Fields.path(change.getPath());
    Precondition precondition = Fields.precondition(change.getPrecondition());
    return switch (change.getChangeCase()) {
      case PUT ->
          new Command.PutObject(
              dataset, path, scope, precondition, content(change.getPut()), OptionalLong.empty());
      case DELETE -> new Command.DeleteObject(dataset, path, scope, precondition);
      case CHANGE_NOT_SET -> throw new InvalidField("change", "nothing", "put or delete");
    };
  }

  private static ObjectContent content(ObjectPut put) {
    return new ObjectContent(
        Fields.number("size", put.getSize(), 0, Long.MAX_VALUE),
        Fields.digest("digest", put.getDigest()),
        Fields.metadata(put.getMetadataMap()),
        Fields.chunkRefs(put.getChunksList()));
  }

  /** On the leader; elsewhere it says so before it checks anything. */
  private Outcome<CommitObjectsResponse> propose(
      ClusterNode.Groups groups, List<Plan> parsed, Durability asked, Budget budget)
      throws InterruptedException {
    CatalogGroup catalog = groups.catalog();
    if (!catalog.isLeader()) {
      return new Outcome.NotLeader<>(catalog.leader());
    }
    List<Plan> plans = withChunks(groups, parsed, budget);
    List<Envelope> envelopes = fit(plans);
    if (envelopes.isEmpty()) {
      return new Outcome.Committed<>(answer(plans, List.of(), result -> result), LogPosition.START);
    }
    return ToLeader.mapped(
        catalog.propose(envelopes, budget.left()),
        committed -> {
          List<Decision> decisions = committed.value();
          Set<Integer> touched = touched(envelopes, decisions);
          Durability proven =
              touched.isEmpty() && decisions.stream().noneMatch(ObjectCommits::isAccepted)
                  ? Durability.DURABILITY_MAJORITY
                  : proof.prove(groups, committed.at().index(), touched, asked, budget);
          WriteReceipt base = Mutations.receipt(0, committed.at(), proven, asked).build();
          return answer(plans, decisions, result -> completed(result, base));
        });
  }

  private List<Plan> withChunks(ClusterNode.Groups groups, List<Plan> plans, Budget budget)
      throws InterruptedException {
    List<Plan> checked = new ArrayList<>(plans.size());
    try (ChunkPresence presence = new ChunkPresence(groups, budget)) {
      for (Plan plan : plans) {
        try {
          checked.add(plan instanceof Plan.Fit(Envelope e) ? checked(e, presence) : plan);
        } catch (Refusal | InvalidField e) {
          Problem problem = errors.toProblem(e);
          if (problem.retryAfter().isPresent()) {
            // Not known is not "did not happen": an earlier attempt may have got further.
            throw problem.refusal();
          }
          checked.add(new Plan.Unfit(problem));
        }
      }
    }
    return checked;
  }

  /** A change whose chunks are there, and that says when they were. */
  private static Plan checked(Envelope envelope, ChunkPresence presence)
      throws InterruptedException {
    if (presence.isAnswered(envelope.requestId())
        || !(envelope.command() instanceof Command.PutObject put)) {
      return new Plan.Fit(envelope);
    }
    for (ChunkRef chunk : put.content().chunks()) {
      presence.require(chunk);
    }
    return new Plan.Fit(new Envelope(envelope.requestId(), put.checkedAt(presence.removalsSeen())));
  }

  private static Set<Integer> touched(List<Envelope> envelopes, List<Decision> decisions) {
    Set<Integer> groups = new TreeSet<>();
    for (int i = 0; i < decisions.size(); i++) {
      if (isAccepted(decisions.get(i))) {
        chunks(envelopes.get(i)).forEach(chunk -> groups.add(chunk.group()));
      }
    }
    return groups;
  }

  private static boolean isAccepted(Decision decision) {
    return decision instanceof Decision.Accepted;
  }

  private static List<ChunkRef> chunks(Envelope envelope) {
    return envelope.command() instanceof Command.PutObject put ? put.content().chunks() : List.of();
  }

  private static List<Envelope> fit(List<Plan> plans) {
    List<Envelope> fit = new ArrayList<>();
    for (Plan plan : plans) {
      if (plan instanceof Plan.Fit(Envelope envelope)) {
        fit.add(envelope);
      }
    }
    return fit;
  }

  private static WriteReceipt completed(WriteReceipt result, WriteReceipt base) {
    return base.toBuilder().mergeFrom(result).build();
  }

  /** Puts decisions where their changes were. */
  private static CommitObjectsResponse answer(
      List<Plan> plans, List<Decision> decisions, UnaryOperator<WriteReceipt> complete) {
    CommitObjectsResponse.Builder answer = CommitObjectsResponse.newBuilder();
    Iterator<Decision> next = decisions.iterator();
    for (Plan plan : plans) {
      answer.addResults(
          switch (plan) {
            case Plan.Unfit(Problem problem) -> rejection(problem);
            case Plan.Fit(Envelope envelope) ->
                switch (next.next()) {
                  case Decision.Rejected rejected -> rejection(Problems.rejected(rejected));
                  case Decision.Accepted accepted ->
                      ChangeResult.newBuilder()
                          .setReceipt(complete.apply(receipt(envelope, accepted)))
                          .build();
                };
          });
    }
    return answer.build();
  }

  private static WriteReceipt receipt(Envelope envelope, Decision.Accepted accepted) {
    WriteReceipt.Builder receipt = WriteReceipt.newBuilder().setRevision(accepted.revision());
    if (envelope.command() instanceof Command.PutObject put) {
      receipt.setDigest(Answers.digest(put.content().digest()));
    }
    return receipt.build();
  }

  private static ChangeResult rejection(Problem problem) {
    return ChangeResult.newBuilder()
        .setRejection(
            ChangeRejection.newBuilder()
                .setCode(problem.code().value())
                .setMessage(problem.message())
                .setReason(problem.reasonName())
                .putAllMetadata(problem.facts()))
        .build();
  }

  /** The problem that a rejection tells of. */
  static Problem problemOf(ChangeRejection rejection) {
    return Problem.lasting(
        Status.fromCodeValue(rejection.getCode()).getCode(),
        Problem.reasonOf(rejection.getReason()).orElse(ErrorReason.ERROR_REASON_UNSPECIFIED),
        rejection.getMessage(),
        rejection.getMetadataMap());
  }
}
