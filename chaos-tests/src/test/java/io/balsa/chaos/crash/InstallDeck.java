package io.balsa.chaos.crash;

import io.balsa.chaos.crash.InstallStep.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Deals steps in a drawn order, each of a phase once before any comes again, and those again first
 * at which nobody died yet. One thread.
 */
final class InstallDeck {
  private final String name;
  private final Random random;
  private final Map<Phase, List<InstallStep>> left = new EnumMap<>(Phase.class);
  private final Set<InstallStep> struck = new HashSet<>();

  InstallDeck(String name, Random random) {
    this.name = name;
    this.random = random;
  }

  /** At most so many of some phases, in the phases' order, a step of each. */
  List<InstallStep> deal(List<Phase> phases, int atMost) {
    List<Phase> some = new ArrayList<>(phases);
    while (some.size() > atMost) {
      List<Phase> done = some.stream().filter(phase -> never(phase).isEmpty()).toList();
      List<Phase> spare = done.isEmpty() ? some : done;
      some.remove(spare.get(random.nextInt(spare.size())));
    }
    return some.stream().map(this::deal).toList();
  }

  private InstallStep deal(Phase phase) {
    List<InstallStep> cards = left.computeIfAbsent(phase, _ -> new ArrayList<>());
    if (cards.isEmpty()) {
      List<InstallStep> never = never(phase);
      cards.addAll(never.isEmpty() ? InstallStep.of(phase) : never);
      Collections.shuffle(cards, random);
    }
    return cards.removeLast();
  }

  /** A node died where the step says. */
  void struck(InstallStep step) {
    struck.add(step);
  }

  /** The steps of a phase at which nobody died yet. */
  List<InstallStep> never(Phase phase) {
    return InstallStep.of(phase).stream().filter(step -> !struck.contains(step)).toList();
  }

  @Override
  public String toString() {
    List<String> never = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      never(phase).forEach(step -> never.add(phase + " " + step));
    }
    return "%s: %d of %d steps struck, not yet: %s"
        .formatted(name, struck.size(), struck.size() + never.size(), never);
  }
}
