package io.balsa.cli;

import io.balsa.client.model.Precondition;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Preconditions of a put; picocli fills in one of them. */
final class PutConditions extends MatchFlags {
  @Option(names = "--if-absent", description = "Only where there is no object.")
  private boolean ifAbsent;

  @Override
  Optional<Precondition> precondition() {
    return ifAbsent ? Optional.of(new Precondition.IfAbsent()) : super.precondition();
  }
}
