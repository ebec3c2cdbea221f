package io.balsa.catalog;

import io.balsa.command.Decision;
import io.balsa.command.Upkeep;

/** How upkeep decides: always accepted, at the current revision. Pure. */
final class UpkeepRules {
  private UpkeepRules() {}

  static Decision decide(OverlayView view, Upkeep command) {
    long value =
        switch (command) {
          case Upkeep.RaiseFloor c -> raise(view, c);
          case Upkeep.SweepRows c -> new RowSweep(view, c.datasetId()).sweep(c);
          case Upkeep.CondemnChunks c -> ChunkRules.condemn(view, c);
          case Upkeep.DeleteChunks c -> ChunkRules.delete(view, c);
          case Upkeep.ForgetChunks c -> ChunkRules.forget(view, c);
        };
    return new Decision.Accepted(view.head().revision(), value);
  }

  /**
   * The head remembers one revision with its stamp. Once that stamp is old enough the floor goes
   * there, and the newest revision is remembered next: two numbers instead of a history of stamps.
   * Where no time is to pass it is the newest at once.
   */
  private static long raise(OverlayView view, Upkeep.RaiseFloor command) {
    CatalogHead head = view.head();
    CollectionState state = head.collection();
    boolean isNewest = state.markMillis() == 0 || command.keptMillis() == 0;
    long markRevision = isNewest ? head.revision() : state.markRevision();
    long markMillis = isNewest ? head.stampMillis() : state.markMillis();
    long floor = state.floor();
    if (head.stampMillis() - markMillis >= command.keptMillis()) {
      floor = Math.max(floor, Math.min(markRevision, head.revision() - command.keptRevisions()));
      markRevision = head.revision();
      markMillis = head.stampMillis();
    }
    view.moveCollection(state.withFloor(floor, markRevision, markMillis));
    return floor;
  }
}
