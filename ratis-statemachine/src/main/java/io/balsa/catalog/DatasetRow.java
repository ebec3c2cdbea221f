package io.balsa.catalog;

import io.balsa.model.DatasetName;

/**
 * A dataset. Key: name.
 *
 * @param name its name
 * @param id the revision of its creation: another one where a name is used again
 * @param createdMillis the entry's stamp, for display
 * @param epoch the current fencing epoch, at least 0
 */
public record DatasetRow(DatasetName name, long id, long createdMillis, long epoch)
    implements CatalogRow {}
