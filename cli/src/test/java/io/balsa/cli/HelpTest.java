package io.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
  private final CliRun cli = new CliRun();

  private static CommandLine root() {
    return Balsa.commandLine(new CliRun().surroundings(System.out, System.err));
  }

  static Stream<String> verbs() {
    return leaves(root()).map(verb -> verb.getCommandSpec().qualifiedName());
  }

  private static Stream<CommandLine> leaves(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? Stream.of(command)
        : command.getSubcommands().values().stream().flatMap(HelpTest::leaves);
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyVerbHasExamplesThatItUnderstands(String qualifiedName) {
    String[] verb = qualifiedName.substring("balsa ".length()).split(" ");
    List<String> args = new ArrayList<>(Arrays.asList(verb));
    args.add("--help");
    assertThat(cli.run(args.toArray(String[]::new))).isZero();
    assertThat(cli.out).contains("Usage: ").contains("Examples:\n").contains("--nodes");
    List<String> examples =
        cli.out
            .substring(cli.out.indexOf("Examples:"))
            .lines()
            .filter(line -> line.startsWith("  balsa "))
            .toList();
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      String[] words =
          example.strip().substring("balsa ".length()).split(" (?=([^\"]*\"[^\"]*\")*[^\"]*$)");
      assertThat(String.join(" ", words)).startsWith(String.join(" ", verb));
      assertThatCode(() -> root().parseArgs(words)).as(example).doesNotThrowAnyException();
    }
  }

  @Test
  void theRootTellsAllExitCodesAddressesAndTheVerbsOfTheLauncher() {
    assertThat(cli.run("--help")).isZero();
    for (ExitCode exit : ExitCode.values()) {
      assertThat(cli.out).contains("  " + exit.number() + "  " + exit.meaning());
    }
    assertThat(cli.out).contains("balsa://DATASET[@VERSION]/PATH").contains("  server ");
    assertThat(cli.out).contains("  dev ");
  }

  @Test
  void withoutAVerbTheHelpIsShownAndTheExitCodeIs2() {
    assertThat(cli.run()).isEqualTo(2);
    assertThat(cli.err).contains("Usage: balsa");
    assertThat(cli.run("dataset")).isEqualTo(2);
    assertThat(cli.err).contains("hint: balsa dataset --help");
  }

  @Test
  void optionsOfAllVerbsMayStandBeforeOrBehindTheVerb() {
    assertThat(cli.run("--nodes", "h:1", "cluster", "status")).isZero();
    assertThat(cli.out).contains("h:1");
    assertThat(cli.run("cluster", "status", "--nodes", "h:2", "--timeout", "2s")).isZero();
    assertThat(cli.out).contains("h:2");
  }

  @Test
  void wrongValuesSayWhatIsAllowed() {
    assertThat(cli.run("ls", "balsa://ds", "--consistency", "strong")).isEqualTo(2);
    assertThat(cli.err).contains("want linearizable, bounded:500ms, at-least:REVISION or eventual");
    assertThat(cli.run("ls", "s3://ds")).isEqualTo(2);
    assertThat(cli.err).contains("want balsa://dataset[@version]/path");
    assertThat(cli.run("ls", "balsa://ds", "--timeout", "5")).isEqualTo(2);
    assertThat(cli.err).contains("want a number and a unit");
    assertThat(cli.run("ls", "balsa://ds", "--timeout", "1ms")).isEqualTo(2);
    assertThat(cli.run("demo", "--kills", "0")).isEqualTo(2);
  }

  @Test
  void theVersionIsTold() {
    assertThat(cli.run("--version")).isZero();
    assertThat(cli.out).startsWith("balsa ");
  }
}
