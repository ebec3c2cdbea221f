package io.balsa.chaos.disk;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tries the legal states after a crash of a recorded program: a crash behind every step, and for
 * each all states where they are few, else those that keep all, none, all but one or only one of
 * what was not durable, and a seeded sample of the others.
 *
 * <p>{@code -Dcrash.states=N} sets the size of the sample for a whole program; its default suits
 * every build.
 */
public final class CrashStates {
  /** All programs' states in this process. */
  private static final AtomicLong TRIED = new AtomicLong();

  private static final int STATES_MAX = Integer.getInteger("crash.states", 800);
  private static final int ALL_CHOICES_MAX = 4;
  private static final int CONTROLS_MAX = 100;
  private static final String EXPLANATION = "after a crash behind these steps";

  private final RecordingDisk program;
  private final Check check;
  private final Random random;

  /** Looks at a disk after a crash. */
  @FunctionalInterface
  public interface Check {
    /**
     * Uses the disk as the program would, and throws what is wrong.
     *
     * @param said what the program had said before the crash, in order
     */
    void on(RecordingDisk disk, List<Object> said) throws Exception;
  }

  private CrashStates(RecordingDisk program, long seed, Check check) {
    this.program = program;
    this.check = check;
    this.random = new Random(seed);
  }

  /**
   * Checks the states of a program.
   *
   * @param program what it did
   * @return states that were checked
   */
  public static int check(RecordingDisk program, long seed, Check check) {
    int tried = new CrashStates(program, seed, check).run();
    TRIED.addAndGet(tried);
    return tried;
  }

  /** A program that checks its own crash states. */
  @FunctionalInterface
  public interface Program {
    /**
     * Runs and checks.
     *
     * @param disk empty
     */
    void run(RecordingDisk disk, long seed) throws Exception;
  }

  /**
   * The control of a test: some seed must find out that forces are left out, else the test proves
   * nothing about them.
   *
   * @param paths what is not forced, as {@link RecordingDisk#forgetForcesOf} takes it
   */
  public static void requireFound(String paths, Program program) throws Exception {
    for (long seed = 1; seed <= CONTROLS_MAX; seed++) {
      RecordingDisk disk = new RecordingDisk();
      disk.forgetForcesOf(paths);
      try {
        program.run(disk, seed);
      } catch (AssertionError e) {
        if (String.valueOf(e.getMessage()).startsWith(EXPLANATION)) {
          return;
        }
        throw e;
      }
    }
    throw new AssertionError("no crash state shows that these are not forced: " + paths);
  }

  /** States that were tried in this process. */
  public static long tried() {
    return TRIED.get();
  }

  private int run() {
    List<Step> all = program.steps();
    int crashes = all.size() - program.settled() + 1;
    int sample = Math.max(1, STATES_MAX / crashes);
    int tried = 0;
    for (int length = program.settled(); length <= all.size(); length++) {
      List<Step> steps = all.subList(0, length);
      boolean[] durable = CrashState.durable(steps, program.settled());
      int choices = CrashState.choices(steps, durable);
      if (choices <= ALL_CHOICES_MAX) {
        for (long kept = 0; kept < 1L << choices; kept++) {
          tried += tryOne(steps, durable, BitSet.valueOf(new long[] {kept}));
        }
        continue;
      }
      tried += tryOne(steps, durable, new BitSet());
      BitSet every = new BitSet();
      every.set(0, choices);
      tried += tryOne(steps, durable, every);
      for (int i = 0; i < sample; i++) {
        tried += tryOne(steps, durable, draw(choices));
      }
    }
    return tried;
  }

  /** Each choice by itself, all but one, only one, or few or many of them. */
  private BitSet draw(int choices) {
    BitSet kept = new BitSet();
    int kind = random.nextInt(4);
    double density = kind == 0 ? 0.5 : kind == 1 ? 0.1 : 0.9;
    if (kind == 3) {
      boolean only = random.nextBoolean();
      kept.set(0, choices, !only);
      kept.set(random.nextInt(choices), only);
      return kept;
    }
    for (int i = 0; i < choices; i++) {
      kept.set(i, random.nextDouble() < density);
    }
    return kept;
  }

  private int tryOne(List<Step> steps, boolean[] durable, BitSet kept) {
    try {
      check.on(CrashState.make(steps, durable, kept), CrashState.said(steps));
      return 1;
    } catch (Exception | AssertionError e) {
      throw new AssertionError(explained(steps, durable, kept), e);
    }
  }

  private static String explained(List<Step> steps, boolean[] durable, BitSet kept) {
    StringBuilder text = new StringBuilder(EXPLANATION);
    text.append(" (- not durable), of whose choices ").append(kept).append(" reached the disk:");
    for (int i = 0; i < steps.size(); i++) {
      text.append(durable[i] ? "\n    " : "\n  - ").append(steps.get(i));
    }
    return text.toString();
  }
}
