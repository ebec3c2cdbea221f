package io.balsa.catalog;

import io.balsa.command.Decision;
import io.balsa.model.RequestId;

/**
 * The first answer to a request id. Key: request id; the store also keeps them in order of
 * sequence, for expiry.
 *
 * @param requestId the caller's name for the change
 * @param sequence counts replies, 1 and up
 * @param fingerprint first 8 bytes of the SHA-256 of the encoded command, to tell a retry from
 *     another command under a used id
 * @param decision what was decided
 * @param revision the catalog's revision after it was decided
 * @param stampMillis the entry's stamp
 */
public record ReplyRow(
    RequestId requestId,
    long sequence,
    long fingerprint,
    Decision decision,
    long revision,
    long stampMillis)
    implements CatalogRow {}
