package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.transfer.FolderPublish;
import io.balsa.cli.transfer.WrongBytes;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.RefusedException;
import io.balsa.client.model.UnknownOutcomeException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a command failed: what the person, the script and the exit code are told.
 *
 * @param exit how the command ends
 * @param reason the cluster's word for it, such as {@code OBJECT_EXISTS}; else that of the exit
 *     code
 * @param message one line
 * @param hint what to do about it
 * @param requestId to retry with, where the outcome is unknown
 * @param refusal what the cluster said, where it did
 */
record Problem(
    ExitCode exit,
    String reason,
    String message,
    Optional<String> hint,
    Optional<String> requestId,
    Optional<Refusal> refusal) {
  private static final String DEFECT = "a defect of Balsa: ";

  /** True where somebody should look at the code. */
  boolean isDefect() {
    return message.startsWith(DEFECT);
  }

  /** A problem that the cluster knows nothing of. */
  static Problem local(ExitCode exit, String message) {
    return new Problem(
        exit, exit.name(), message, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** This problem with a hint. */
  Problem withHint(String value) {
    return new Problem(exit, reason, message, Optional.of(value), requestId, refusal);
  }

  /** This problem in other words. */
  Problem withMessage(String value) {
    return new Problem(exit, reason, value, hint, requestId, refusal);
  }

  /** A refusal. */
  static Problem of(Refusal refusal) {
    ExitCode exit = exit(refusal);
    String reason = refusal.reason().isEmpty() ? refusal.code().name() : refusal.reason();
    return new Problem(
        exit, reason, refusal.message(), hint(refusal), Optional.empty(), Optional.of(refusal));
  }

  /** What a failed command threw; whoever calls this has sorted out wrong usage. */
  static Problem of(Exception thrown) {
    return switch (thrown) {
      case VerbFailed e -> e.problem();
      case RefusedException e -> of(e.refusal());
      case UnknownOutcomeException e ->
          unknown(words(e), e.requestId())
              .withHint("run the same command with --request-id " + e.requestId());
      case FolderPublish.Incomplete e ->
          local(e.first().map(Problem::exit).orElse(ExitCode.UNAVAILABLE), message(e));
      case FolderPublish.PublishUnknown e ->
          unknown(words(e), e.requestId())
              .withHint(
                  "settle it: balsa publish --transaction "
                      + e.transaction()
                      + " --request-id "
                      + e.requestId()
                      + " balsa://"
                      + e.dataset());
      case WrongBytes e -> local(ExitCode.CORRUPT, message(e));
      case IOException e -> local(ExitCode.FAILED, message(e));
      case InterruptedException _ -> local(ExitCode.FAILED, "interrupted");
      default -> local(ExitCode.FAILED, DEFECT + thrown).withHint("please report it");
    };
  }

  /** What an exception says. */
  static String words(Exception e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  /** Nobody knows whether it happened. */
  static Problem unknown(String message, String requestId) {
    return new Problem(
        ExitCode.UNKNOWN,
        ExitCode.UNKNOWN.name(),
        message,
        Optional.empty(),
        Optional.of(requestId),
        Optional.empty());
  }

  private static String message(IOException e) {
    return switch (e) {
      case NoSuchFileException f when f.getReason() == null -> f.getFile() + ": no such file";
      case AccessDeniedException f when f.getReason() == null -> f.getFile() + ": access denied";
      case FileSystemException f when f.getReason() != null -> f.getFile() + ": " + f.getReason();
      default -> words(e);
    };
  }

  /** The exit code of a refusal. */
  static ExitCode exit(Refusal refusal) {
    if (refusal.is("REVISION_UNAVAILABLE")) {
      return ExitCode.NOT_FOUND;
    }
    return switch (refusal.code()) {
      case NOT_FOUND -> ExitCode.NOT_FOUND;
      case INVALID_ARGUMENT,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          UNIMPLEMENTED ->
          ExitCode.REFUSED;
      case RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED -> ExitCode.UNAVAILABLE;
      case DATA_LOSS -> ExitCode.CORRUPT;
      case CANCELLED, INTERNAL -> ExitCode.FAILED;
    };
  }

  private static Optional<String> hint(Refusal refusal) {
    return switch (refusal.reason()) {
      case "DATASET_NOT_FOUND" -> Optional.of("balsa dataset ls shows all datasets");
      case "VERSION_NOT_FOUND" -> Optional.of("balsa version ls shows a dataset's versions");
      case "DATASET_NOT_EMPTY" ->
          Optional.of("balsa dataset rm -r deletes it with all that it has");
      case "OBJECT_EXISTS", "REVISION_MISMATCH", "DIGEST_MISMATCH" ->
          Optional.of("balsa stat shows what is there now");
      case "NOT_FRESH" ->
          Optional.of(
              "ask without --node, wait longer (--timeout), or ask for less (--consistency)");
      case "NOT_INITIALIZED" -> Optional.of("form a cluster: balsa cluster init --nodes ...");
      case "VERSION_EXISTS" -> Optional.of("versions never change; take another name");
      default -> retryHint(refusal);
    };
  }

  private static Optional<String> retryHint(Refusal refusal) {
    if (refusal.retryAfter().isPresent()) {
      Duration delay = refusal.retryAfter().get();
      return Optional.of("try again in " + Amounts.duration(delay));
    }
    return refusal.code() == RefusalCode.UNAVAILABLE
            || refusal.code() == RefusalCode.DEADLINE_EXCEEDED
        ? Optional.of("balsa cluster status shows who is up; --nodes says whom to ask")
        : Optional.empty();
  }

  /** One line, and one more for the hint. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("balsa: " + (refusal.isPresent() ? reason + ": " : "") + message);
    hint.ifPresent(text -> lines.add("hint: " + text));
    return lines;
  }

  /** As JSON. */
  ObjectNode json() {
    ObjectNode error =
        Json.object()
            .put("exit_code", exit.number())
            .put("exit", Json.name(exit))
            .put("reason", reason)
            .put("message", message)
            .put("hint", hint.orElse(null))
            .put("request_id", requestId.orElse(null))
            .put(
                "retry_after_ms",
                refusal.flatMap(Refusal::retryAfter).map(Duration::toMillis).orElse(null));
    error.set("facts", Json.strings(refusal.map(Refusal::metadata).orElse(Map.of())));
    return Json.object().set("error", error);
  }
}
