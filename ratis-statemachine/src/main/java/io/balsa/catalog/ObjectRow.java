package io.balsa.catalog;

import io.balsa.command.ObjectContent;
import io.balsa.model.ObjectPath;
import java.util.Optional;

/**
 * One state of one path. Key: dataset, path, revision descending, so that a scan meets the newest
 * first.
 *
 * <p>A staged row ({@code transactionId != 0}) becomes visible at its transaction's publish, which
 * moves no row. So the row that is newest by key need not be newest by visibility: an older row of
 * a transaction that was open when this one was written may be published later. {@code openBelow}
 * says whether there was such a row; a reader that walks from the newest row stops at the first row
 * without the mark.
 *
 * @param datasetId the dataset's incarnation
 * @param path where
 * @param revision of the put, the delete or the staging
 * @param transactionId 0 where the row was visible at once
 * @param openBelow an older row of this path belonged to an open transaction when this row was
 *     written
 * @param stampMillis the entry's stamp, for display
 * @param content empty for a deletion
 */
public record ObjectRow(
    long datasetId,
    ObjectPath path,
    long revision,
    long transactionId,
    boolean openBelow,
    long stampMillis,
    Optional<ObjectContent> content)
    implements CatalogRow {}
