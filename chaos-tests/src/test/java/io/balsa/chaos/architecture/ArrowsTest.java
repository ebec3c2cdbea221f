package io.balsa.chaos.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.PackageMatcher;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ArrowsTest {
  @TestFactory
  Stream<DynamicTest> aPackageKnowsOnlyWhatItsRowNames() {
    return Arrows.ROWS.stream().map(row -> DynamicTest.dynamicTest(row.of(), () -> holds(row)));
  }

  private static void holds(Row row) {
    classes()
        .that()
        .resideInAPackage(row.of())
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(row.knows().toArray(String[]::new))
        .because(row.because())
        .check(Code.ALL);
  }

  @Test
  void everyPackageHasItsRow() {
    Set<String> without = new TreeSet<>();
    Code.ALL.forEach(found -> without.add(found.getPackageName()));
    without.removeIf(
        name -> Arrows.ROWS.stream().anyMatch(row -> PackageMatcher.of(row.of()).matches(name)));
    assertThat(without).as("packages that nobody decided about: add a row to Arrows").isEmpty();
  }

  @Test
  void packagesFormNoCycle() {
    slices()
        .matching("io.balsa.(**)")
        .should()
        .beFreeOfCycles()
        .because("packages in a cycle can only be understood together")
        .check(Code.ALL);
  }

  @Test
  void ratisIsKnownToItsAdaptersAlone() {
    door("org.apache.ratis..", "io.balsa.replica", "io.balsa.service.consensus");
  }

  @Test
  void rocksDbIsKnownToItsAdapterAlone() {
    door("org.rocksdb..", "io.balsa.rocks");
  }

  @Test
  void grpcIsKnownToFrontEndAndClientAlone() {
    door("io.grpc..", "io.balsa.service.grpc", "io.balsa.client..", "io.balsa.api.v1");
  }

  @Test
  void thePublicProtocolIsKnownToFrontEndAndClientAlone() {
    door("io.balsa.api.v1", "io.balsa.service.grpc", "io.balsa.client..", "io.balsa.api.v1");
  }

  @Test
  void theNodeIsKnownToTestsAlone() {
    door("io.balsa.service..", "io.balsa.service..");
  }

  private static void door(String library, String... mayPass) {
    noClasses()
        .that()
        .resideOutsideOfPackages(mayPass)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because("what can be replaced, or goes wrong, is met in one place")
        .check(Code.ALL);
  }
}
