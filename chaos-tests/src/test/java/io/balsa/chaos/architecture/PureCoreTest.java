package io.balsa.chaos.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TimeZone;
import java.util.Timer;
import org.junit.jupiter.api.Test;

/**
 * What replicas must do alike cannot depend on where and when it runs. {@link Arrows} bars the pure
 * packages from files, sockets, locks and executors; this bars what is left of the outer world in
 * the packages of the JDK that they may use.
 */
class PureCoreTest {
  private static final String ALIKE =
      "the same entries must give the same state on every replica, for ever";

  private static final Set<Class<?>> WORLDLY =
      Set.of(
          Thread.class,
          ThreadLocal.class,
          Runtime.class,
          Process.class,
          ProcessBuilder.class,
          Clock.class,
          Timer.class,
          TimeZone.class,
          Random.class,
          SplittableRandom.class,
          SecureRandom.class,
          Locale.class,
          ResourceBundle.class);

  /** Class to methods whose answer is not the same everywhere. */
  private static final Map<String, Set<String>> FICKLE =
      Map.of(
          "java.util.UUID", Set.of("randomUUID"),
          "java.lang.Math", Set.of("random"),
          "java.lang.Object", Set.of("wait", "notify", "notifyAll"),
          "java.util.Collections", Set.of("shuffle"),
          "java.lang.Boolean", Set.of("getBoolean"),
          "java.lang.Integer", Set.of("getInteger"),
          "java.lang.Long", Set.of("getLong"));

  @Test
  void itUsesNoThreadClockRandomnessOrLocale() {
    noWorld(Code.PURE).check(Code.ALL);
  }

  @Test
  void itAsksNothingWhoseAnswerDiffersFromNodeToNode() {
    nothingFickle(Code.PURE).check(Code.ALL);
  }

  @Test
  void itPicksNoDefaultLocale() {
    noDefaultLocale(Code.PURE).check(Code.ALL);
  }

  @Test
  void theseRulesFindWhatTheyForbid() {
    for (ArchRule rule :
        List.of(
            noWorld("io.balsa.service.."),
            nothingFickle("io.balsa.service.."),
            noDefaultLocale("io.balsa.service.."))) {
      assertThat(rule.evaluate(Code.ALL).hasViolation()).as(rule.getDescription()).isTrue();
    }
  }

  private static ArchRule noWorld(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat(
            describe(
                "are of the outer world", type -> WORLDLY.stream().anyMatch(type::isEquivalentTo)))
        .because(ALIKE);
  }

  private static ArchRule nothingFickle(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .accessTargetWhere(isFickle())
        .because(ALIKE);
  }

  private static ArchRule noDefaultLocale(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .callMethod(String.class, "toLowerCase")
        .orShould()
        .callMethod(String.class, "toUpperCase")
        .orShould()
        .callMethod(String.class, "formatted", Object[].class)
        .orShould()
        .callMethod(String.class, "format", String.class, Object[].class)
        .because("a name must not change its letters, nor a number its digits, with the machine");
  }

  @Test
  void itHasNoLocks() {
    noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage(Code.PURE)
        .should()
        .haveModifier(JavaModifier.SYNCHRONIZED)
        .because("one thread applies; values are shared without locks")
        .check(Code.ALL);
  }

  private static DescribedPredicate<JavaAccess<?>> isFickle() {
    List<String> harmless = List.of("arraycopy", "identityHashCode");
    return describe(
        "differs from node to node",
        access -> {
          JavaClass owner = access.getTargetOwner();
          String name = access.getTarget().getName();
          if (owner.getPackageName().equals("java.time")) {
            return name.equals("now");
          }
          return owner.isEquivalentTo(System.class)
              ? !harmless.contains(name)
              : FICKLE.getOrDefault(owner.getName(), Set.of()).contains(name);
        });
  }
}
