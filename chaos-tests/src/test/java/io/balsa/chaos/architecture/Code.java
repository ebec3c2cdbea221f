package io.balsa.chaos.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The compiled classes of every module, without tests. */
final class Code {
  static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.balsa");

  /** Written by protoc; none of our habits apply. */
  static final String[] GENERATED = {"io.balsa.api.v1", "io.balsa.proto.log.v1"};

  /** The state machine's own logic: the same on every replica, for ever. */
  static final String[] PURE = {"io.balsa.model", "io.balsa.command", "io.balsa.catalog"};

  private Code() {}
}
