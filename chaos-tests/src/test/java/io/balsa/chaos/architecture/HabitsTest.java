package io.balsa.chaos.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveSimpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.PackageMatchers;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HabitsTest {
  /** Who asks the process's environment, and for what. */
  private static final Map<String, String> ASK_THE_ENVIRONMENT =
      Map.of(
          "io.balsa.service.ServerCommand", "hands BALSA_... variables to the settings' loader",
          "io.balsa.cli.Surroundings", "BALSA_NODES, and where the launcher and the JVM are",
          "io.balsa.cli.BuiltVersion", "says which Java runs",
          "io.balsa.cli.Balsa", "respects a log configuration that was given",
          "io.balsa.bench.Bench", "where the launcher and the JVM are, and the same respect");

  /** Who ends the process, and when. */
  private static final Map<String, String> END_THE_PROCESS =
      Map.of(
          "io.balsa.service.BalsaNode", "with the verb's exit code",
          "io.balsa.service.StopSignal", "when a stop takes too long",
          "io.balsa.service.observe.ProcessEnd", "when the node cannot be trusted any more",
          "io.balsa.cli.Balsa", "with the verb's exit code",
          "io.balsa.bench.Bench", "with the measurement's exit code");

  @ParameterizedTest
  @ValueSource(strings = {"Manager", "Util", "Utils", "Helper", "Impl", "Info", "Data"})
  void aNameThatSaysNothingIsNotGiven(String ending) {
    noClasses()
        .that()
        .resideOutsideOfPackages(Code.GENERATED)
        .should(haveSimpleNameEndingWith(ending))
        .because("a class is called after the one thing that it is or does")
        .check(Code.ALL);
  }

  @Test
  void thereAreNoDrawersForOddThings() {
    noClasses()
        .should()
        .resideInAnyPackage("..common..", "..util..", "..utils..", "..helper..", "..misc..")
        .because("what has no home is not understood yet")
        .check(Code.ALL);
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass type : Code.ALL) {
      if (PackageMatchers.of(Code.GENERATED).test(type.getPackageName())) {
        continue;
      }
      if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
        unmarked.add(type.getPackageName());
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void onlyListedClassesReadTheEnvironment() {
    Map<String, Set<String>> asking =
        Map.of(
            "java.lang.System", Set.of("getenv", "getProperty", "getProperties"),
            "java.lang.Boolean", Set.of("getBoolean"),
            "java.lang.Integer", Set.of("getInteger"),
            "java.lang.Long", Set.of("getLong"));
    onlyListed(ASK_THE_ENVIRONMENT, asking, "every setting is in one tree, checked and printed");
  }

  @Test
  void onlyListedClassesEndTheProcess() {
    Map<String, Set<String>> ending =
        Map.of(
            "java.lang.System", Set.of("exit"),
            "java.lang.Runtime", Set.of("exit", "halt"));
    onlyListed(END_THE_PROCESS, ending, "the end of a process is somebody's decision");
  }

  private static void onlyListed(
      Map<String, String> listed, Map<String, Set<String>> calls, String because) {
    DescribedPredicate<JavaClass> others =
        describe(
            "are not one of " + listed, type -> !listed.containsKey(outermost(type).getName()));
    DescribedPredicate<JavaAccess<?>> called =
        describe(
            "is one of " + calls,
            access ->
                calls
                    .getOrDefault(access.getTargetOwner().getName(), Set.of())
                    .contains(access.getTarget().getName()));
    noClasses().that(others).should().accessTargetWhere(called).because(because).check(Code.ALL);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(HabitsTest::outermost).orElse(type);
  }
}
