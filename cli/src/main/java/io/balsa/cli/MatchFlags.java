package io.balsa.cli;

import io.balsa.client.model.Precondition;
import io.balsa.client.model.Sha256;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Preconditions on an object that is there; picocli fills in one of them. */
class MatchFlags {
  @Option(
      names = "--if-revision",
      paramLabel = "N",
      description = "Only over the object that became visible at this revision.")
  private Optional<Long> ifRevision = Optional.empty();

  @Option(
      names = "--if-digest",
      paramLabel = "HEX",
      description = "Only over the object with this SHA-256.")
  private Optional<Sha256> ifDigest = Optional.empty();

  /** The one that was given. */
  Optional<Precondition> precondition() {
    try {
      Optional<Precondition> revision = ifRevision.map(Precondition.IfRevision::new);
      return revision.or(() -> ifDigest.map(Precondition.IfDigest::new));
    } catch (IllegalArgumentException e) {
      throw VerbFailed.usage("--if-revision: " + e.getMessage());
    }
  }
}
