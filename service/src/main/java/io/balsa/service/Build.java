package io.balsa.service;

import java.util.Optional;

/** What this build is. */
final class Build {
  /** The version of the software, from the jar; "dev" where it runs from classes. */
  static final String VERSION =
      Optional.ofNullable(Build.class.getPackage().getImplementationVersion()).orElse("dev");

  private Build() {}
}
