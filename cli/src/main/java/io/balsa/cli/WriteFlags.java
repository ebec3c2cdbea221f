package io.balsa.cli;

import io.balsa.client.model.Durability;
import io.balsa.client.model.WriteOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every verb that writes. */
final class WriteFlags {
  @Option(
      names = "--durability",
      paramLabel = "majority|all",
      defaultValue = "majority",
      description = "What the acknowledgement must prove (default: ${DEFAULT-VALUE}).")
  private Durability durability = Durability.MAJORITY;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Settle an earlier try of the same change whose outcome is unknown.")
  private Optional<String> requestId = Optional.empty();

  /** For the SDK. */
  WriteOptions options() {
    try {
      return new WriteOptions(durability, requestId);
    } catch (IllegalArgumentException e) {
      throw VerbFailed.usage(Problem.words(e));
    }
  }

  /** What the acknowledgement must prove. */
  Durability durability() {
    return durability;
  }

  /** Refuses a request id, where one id cannot stand for what the verb does. */
  void requireFreshRequest(String why) {
    if (requestId.isPresent()) {
      throw VerbFailed.usage("--request-id does not go with " + why);
    }
  }
}
