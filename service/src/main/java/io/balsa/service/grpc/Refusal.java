package io.balsa.service.grpc;

/** Ends a call with a {@link Problem}. */
public final class Refusal extends RuntimeException {
  private final transient Problem problem;

  /** States the problem. */
  public Refusal(Problem problem) {
    // A refusal is an answer, not a defect: nobody reads its stack.
    super(problem.message(), null, false, false);
    this.problem = problem;
  }

  /** Why. */
  public Problem problem() {
    return problem;
  }
}
