/**
 * What a caller hands in and gets back: options, results, receipts, names, sources. Values only:
 * immutable, JDK types, no RPC. Everything else in the SDK depends on this package and it on
 * nothing. All of it may be shared between threads, except for an open {@link
 * io.balsa.client.model.Source}.
 */
@NullMarked
package io.balsa.client.model;

import org.jspecify.annotations.NullMarked;
