package io.balsa.cli;

/** Ends a verb with a problem that it has put into words by itself. */
final class VerbFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  VerbFailed(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /** Wrong usage that shows only once the verb runs. */
  static VerbFailed usage(String message) {
    return new VerbFailed(Problem.local(ExitCode.USAGE, message));
  }

  /** What to tell. */
  Problem problem() {
    return problem;
  }
}
