package io.balsa.service.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The settings cannot be used; the node must not start. The message has a line for each problem,
 * fit to be shown to an operator as it is.
 */
public final class ConfigProblem extends Exception {
  private static final long serialVersionUID = 1L;

  /** Problems in a message: a wrong kind of file would have thousands. */
  static final int SHOWN_MAX = 50;

  private final transient List<SettingProblem> problems;

  /**
   * States the problems.
   *
   * @param problems at least one
   */
  ConfigProblem(List<SettingProblem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** Every problem that was found, at least one. */
  public List<SettingProblem> problems() {
    return problems;
  }

  private static String message(List<SettingProblem> problems) {
    String shown =
        problems.stream()
            .limit(SHOWN_MAX)
            .map(SettingProblem::line)
            .collect(Collectors.joining("\n"));
    int left = problems.size() - SHOWN_MAX;
    return left > 0 ? shown + "\nand " + left + " more" : shown;
  }
}
