package io.balsa.catalog;

import io.balsa.command.Upkeep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that a whole search finds. */
final class Sweeps {
  private Sweeps() {}

  /** A search over one view, in pages; what one command makes possible for another is not seen. */
  static List<Upkeep.SweepRows> of(CatalogView view, int rowsMax) {
    List<Upkeep.SweepRows> commands = new ArrayList<>();
    List<Search> searches =
        List.of(SweepSearch::objects, SweepSearch::versions, SweepSearch::transactions);
    for (Search search : searches) {
      Optional<CatalogRow> from = Optional.empty();
      do {
        SweepSearch.Page page = search.page(view, from, rowsMax);
        commands.addAll(page.commands());
        from = page.next();
      } while (from.isPresent());
    }
    return commands;
  }

  private interface Search {
    SweepSearch.Page page(CatalogView view, Optional<CatalogRow> from, int rowsMax);
  }
}
