package io.balsa.service.config;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that are out of range or do not go together. The record was not built. */
public final class InvalidSettings extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<SettingProblem> problems;

  /**
   * States the problems.
   *
   * @param problems at least one
   */
  InvalidSettings(List<SettingProblem> problems) {
    super(problems.stream().map(SettingProblem::line).collect(Collectors.joining("; and ")));
    this.problems = List.copyOf(problems);
  }

  /** The problems, at least one. */
  public List<SettingProblem> problems() {
    return problems;
  }
}
