/**
 * Moves bytes: cuts and hashes, packs chunks into requests, sends and fetches in parallel with
 * bounded memory, commits in batches. Work runs on the client's virtual threads; {@code Uploads}
 * and {@code Downloads} are thread-safe, everything else belongs to one transfer unless its Javadoc
 * says otherwise.
 */
@NullMarked
package io.balsa.client.transfer;

import org.jspecify.annotations.NullMarked;
