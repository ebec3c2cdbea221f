package io.balsa.chaos.crash;

import io.balsa.failpoint.Failpoint;
import io.balsa.failpoint.Failpoint.Moment;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * How one life of a node ends. Drawn from a seed; where it strikes depends on the machine's pace,
 * too.
 *
 * @param kind for the report
 * @param failpoints the node's {@code BALSA_FAILPOINTS}, if it has any
 * @param acknowledgements the node is killed after so many of them, unless it has ended by itself
 * @param delayMillis and so long after; from the start, if it waits for no acknowledgement
 */
record KillPlan(Kind kind, Optional<String> failpoints, int acknowledgements, int delayMillis) {
  /** What ends the life. */
  enum Kind {
    /** SIGKILL while the node starts. */
    KILL_AT_START,
    /** SIGKILL under load. */
    KILL,
    /** A halt at some pass over any failpoint. */
    HALT_ANYWHERE,
    /** A halt at a pass over one failpoint. */
    HALT_AT_POINT,
    /** A disk that fails once. */
    ERROR
  }

  private static final List<Failpoint> POINTS = List.of(Failpoint.values());

  /** A node with a failpoint that it does not come to is killed after so many. */
  private static final int FAILPOINT_ACKNOWLEDGEMENTS = 150;

  static KillPlan draw(Random random) {
    int draw = random.nextInt(100);
    if (draw < 10) {
      return new KillPlan(Kind.KILL_AT_START, Optional.empty(), 0, 300 + random.nextInt(1_500));
    } else if (draw < 35) {
      int acknowledgements = 1 + random.nextInt(150);
      return new KillPlan(Kind.KILL, Optional.empty(), acknowledgements, random.nextInt(20));
    } else if (draw < 60) {
      return failing(Kind.HALT_ANYWHERE, "any=halt@" + pass(random, 4_000));
    } else if (draw < 90) {
      return failing(Kind.HALT_AT_POINT, point(random) + "=halt@" + pass(random, 60));
    }
    String where = random.nextBoolean() ? "any" : point(random);
    return failing(Kind.ERROR, where + "=error@" + pass(random, where.equals("any") ? 4_000 : 60));
  }

  private static KillPlan failing(Kind kind, String plan) {
    return new KillPlan(kind, Optional.of(plan), FAILPOINT_ACKNOWLEDGEMENTS, 0);
  }

  private static String point(Random random) {
    Failpoint point = POINTS.get(random.nextInt(POINTS.size()));
    Moment moment = random.nextBoolean() ? Moment.BEFORE : Moment.AFTER;
    if (point == Failpoint.DISK_WRITE && random.nextInt(3) == 0) {
      moment = Moment.MIDWAY;
    }
    return point.text() + "." + moment.name().toLowerCase(Locale.ROOT);
  }

  /** Spread over the orders of magnitude: the first passes belong to the start. */
  private static long pass(Random random, int max) {
    return Math.round(Math.exp(random.nextDouble() * Math.log(max)));
  }

  Map<String, String> environment() {
    return failpoints.map(plan -> Map.of("BALSA_FAILPOINTS", plan)).orElse(Map.of());
  }

  /** Whether a life of this kind may end with an exit code. */
  boolean mayEndWith(int exitCode, int haltCode) {
    return switch (kind) {
      case KILL_AT_START, KILL -> false;
      case HALT_ANYWHERE, HALT_AT_POINT -> exitCode == haltCode;
      case ERROR -> exitCode != 0;
    };
  }
}
