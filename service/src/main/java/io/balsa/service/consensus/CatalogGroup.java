package io.balsa.service.consensus;

import io.balsa.catalog.ClosableView;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import java.time.Duration;
import java.util.List;

/** The catalog's group. Thread-safe. */
public non-sealed interface CatalogGroup extends Group {
  /**
   * Proposes commands and waits for their decisions. Commands of one call share an entry where they
   * fit; each is decided alone.
   *
   * @param commands at least 1
   * @param timeout positive; when it is over the outcome is {@link Outcome.Unknown}
   * @return one decision a command, in their order
   */
  Outcome<List<Decision>> propose(List<Envelope> commands, Duration timeout);

  /**
   * The catalog as this replica has applied it, at one moment. The caller closes it.
   *
   * @throws ReplicaClosed for the moment there is none
   */
  ClosableView view();

  /**
   * Waits until this replica has applied a revision.
   *
   * @return false where the time was over first
   */
  boolean awaitRevision(long revision, Duration timeout);
}
