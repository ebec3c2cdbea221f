package io.balsa.service.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks between settings, gathered so that all broken ones are told at once. One thread. */
final class Relations {
  private final List<SettingProblem> broken = new ArrayList<>();

  /** Notes a problem with a number unless {@code holds}. */
  Relations require(boolean holds, String key, long given, String allowed) {
    return require(holds, key, Long.toString(given), allowed);
  }

  /** Notes a problem with a duration, whose key ends in {@code -ms}, unless {@code holds}. */
  Relations require(boolean holds, String key, Duration given, String allowed) {
    return require(holds, key, given.toMillis(), allowed);
  }

  /** Notes a problem with a text unless {@code holds}. */
  Relations require(boolean holds, String key, String given, String allowed) {
    if (!holds) {
      broken.add(new SettingProblem(key, '"' + given + '"', allowed));
    }
    return this;
  }

  /**
   * Ends the checks.
   *
   * @throws InvalidSettings if a check did not hold
   */
  void check() {
    if (!broken.isEmpty()) {
      throw new InvalidSettings(broken);
    }
  }
}
