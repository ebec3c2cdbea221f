package io.balsa.catalog;

import io.balsa.command.VersionSummary;
import io.balsa.model.VersionName;
import java.util.List;
import java.util.Optional;

/**
 * A version. Key: dataset, name.
 *
 * @param datasetId the dataset's incarnation
 * @param name its name
 * @param revision what its readers see
 * @param message free text
 * @param parents names of versions that it continues
 * @param createdMillis the entry's stamp, for display
 * @param summary empty while pending
 */
public record VersionRow(
    long datasetId,
    VersionName name,
    long revision,
    String message,
    List<VersionName> parents,
    long createdMillis,
    Optional<VersionSummary> summary)
    implements CatalogRow {
  /** Copies. */
  public VersionRow {
    parents = List.copyOf(parents);
  }
}
