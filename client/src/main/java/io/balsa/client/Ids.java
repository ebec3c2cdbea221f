package io.balsa.client;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Names changes: one id a logical call, made before its first attempt and kept through all of them.
 *
 * @param fresh makes a new id; used by several threads at once
 */
record Ids(Supplier<String> fresh) {
  /** The caller's id, or a fresh one. */
  String of(Optional<String> chosen) {
    return chosen.orElseGet(fresh);
  }
}
