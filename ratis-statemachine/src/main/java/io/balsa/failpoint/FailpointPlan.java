package io.balsa.failpoint;

import io.balsa.failpoint.Failpoint.Moment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What happens at which pass: rules, parted by commas, each counting its own passes.
 *
 * <pre>
 *   any=halt@1234                     the process ends at the 1,234th pass over any point
 *   disk.sync.before=error@3          the third force is not made, and fails
 *   disk.rename.after~.next=halt@1    it ends when a name with ".next" in it has just changed
 *   disk.rename.after~/catalog$=...   the same of a name that ends so
 *   disk.sync.before~pack=sleep:50@1+ every force of a pack waits 50 ms
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class FailpointPlan {
  private static final Pattern RULE =
      Pattern.compile(
          "(?<point>[a-z.-]+?)(\\.(?<moment>before|midway|after))?(~(?<part>[^=,]+))?"
              + "=(?<action>halt|error|sleep:(?<ms>[0-9]{1,6}))@(?<pass>[0-9]{1,15})(?<on>\\+)?");
  private static final String ANY = "any";

  /** Behind a part with which the name must end. */
  private static final String END = "$";

  private final List<Counted> rules = new ArrayList<>();
  private final Consumer<String> halt;

  private FailpointPlan(Consumer<String> halt) {
    this.halt = halt;
  }

  /** A text is no plan; the message says what is. */
  public static final class Unreadable extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  private record Counted(Rule rule, AtomicLong passes) {}

  /** An empty point or moment is any. */
  private record Rule(
      Optional<Failpoint> point, Optional<Moment> moment, String part, Effect effect) {
    boolean isAbout(Failpoint passed, Moment when, String where) {
      return point.orElse(passed) == passed && moment.orElse(when) == when && isIn(where);
    }

    private boolean isIn(String where) {
      return part.endsWith(END)
          ? where.endsWith(part.substring(0, part.length() - END.length()))
          : where.contains(part);
    }
  }

  private enum Action {
    HALT,
    ERROR,
    SLEEP
  }

  /** What is done at one pass, or from it on. */
  private record Effect(Action action, long sleepMillis, long pass, boolean goesOn) {
    boolean isDueAt(long number) {
      return goesOn ? number >= pass : number == pass;
    }
  }

  /**
   * Reads a plan.
   *
   * @param halt ends the process; is told where
   * @throws Unreadable the text is no plan; the message says why
   */
  public static FailpointPlan parse(String text, Consumer<String> halt) {
    FailpointPlan plan = new FailpointPlan(halt);
    for (String rule : text.split(",", -1)) {
      plan.rules.add(new Counted(parseRule(rule), new AtomicLong()));
    }
    return plan;
  }

  private static Rule parseRule(String text) {
    Matcher rule = RULE.matcher(text);
    if (!rule.matches()) {
      throw new Unreadable(
          "failpoint '"
              + text
              + "', want <point|any>[.before|.midway|.after][~part]="
              + "<halt|error|sleep:ms>@<pass>[+]");
    }
    String point = rule.group("point");
    Optional<Failpoint> known = Failpoint.of(point);
    if (known.isEmpty() && !point.equals(ANY)) {
      throw new Unreadable("no failpoint is called '" + point + "'");
    }
    Optional<Moment> moment =
        Optional.ofNullable(rule.group("moment"))
            .map(name -> Moment.valueOf(name.toUpperCase(Locale.ROOT)));
    String part = Optional.ofNullable(rule.group("part")).orElse("");
    long millis = Optional.ofNullable(rule.group("ms")).map(Long::parseLong).orElse(0L);
    String action = rule.group("action").replaceFirst(":.*", "").toUpperCase(Locale.ROOT);
    return new Rule(
        known,
        moment,
        part,
        new Effect(
            Action.valueOf(action),
            millis,
            Long.parseLong(rule.group("pass")),
            rule.group("on") != null));
  }

  void pass(Failpoint point, Moment moment, String where) throws IOException {
    for (Counted counted : rules) {
      if (counted.rule.isAbout(point, moment, where)) {
        long number = counted.passes.incrementAndGet();
        if (counted.rule.effect.isDueAt(number)) {
          String name = point.text() + "." + moment.name().toLowerCase(Locale.ROOT);
          act(counted.rule.effect, "failpoint " + name + " at pass " + number + ": " + where);
        }
      }
    }
  }

  private void act(Effect effect, String what) throws IOException {
    switch (effect.action) {
      case HALT -> halt.accept(what);
      case ERROR -> throw new IOException(what);
      case SLEEP -> sleep(effect.sleepMillis);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
