/** The Java SDK: a small blocking API over {@code balsa.v1} that lives well on virtual threads. */
@NullMarked
package io.balsa.client;

import org.jspecify.annotations.NullMarked;
