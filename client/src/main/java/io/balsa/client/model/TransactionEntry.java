package io.balsa.client.model;

import java.util.OptionalLong;

/**
 * A transaction as the catalog knows it.
 *
 * @param id unique in the cluster
 * @param dataset the dataset's name
 * @param state what it is
 * @param epoch the fencing epoch it was opened under
 * @param staged changes staged so far
 * @param publishedRevision the revision of the publish
 */
public record TransactionEntry(
    long id,
    String dataset,
    TransactionState state,
    long epoch,
    long staged,
    OptionalLong publishedRevision) {}
