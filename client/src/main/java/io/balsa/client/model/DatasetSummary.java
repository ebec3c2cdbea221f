package io.balsa.client.model;

import java.time.Instant;

/**
 * A dataset.
 *
 * @param name its name
 * @param createdRevision the revision at which it was created; with the name it identifies this
 *     incarnation
 * @param created the leader's clock at creation, for display only
 * @param epoch the current fencing epoch, 0 at creation
 */
public record DatasetSummary(String name, long createdRevision, Instant created, long epoch) {}
