/**
 * The Java SDK: a small blocking API over {@code balsa.v1} that lives well on virtual threads.
 * Begin with {@link io.balsa.client.BalsaClient}. Arrows: this package, then {@code transfer},
 * {@code routing}, {@code wire}, {@code model}; never back.
 */
@NullMarked
package io.balsa.client;

import org.jspecify.annotations.NullMarked;
