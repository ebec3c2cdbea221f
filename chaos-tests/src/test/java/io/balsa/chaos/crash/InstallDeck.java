package io.balsa.chaos.crash;

import io.balsa.chaos.crash.InstallStep.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Deals steps in a drawn order, each of a phase once before any comes again. One thread. */
final class InstallDeck {
  private final Random random;
  private final Map<Phase, List<InstallStep>> left = new EnumMap<>(Phase.class);
  private final Set<String> struck = new TreeSet<>();

  InstallDeck(Random random) {
    this.random = random;
  }

  /** At most so many of some phases, in the phases' order, a step of each. */
  List<InstallStep> deal(List<Phase> phases, int atMost) {
    List<Phase> some = new ArrayList<>(phases);
    while (some.size() > atMost) {
      some.remove(random.nextInt(some.size()));
    }
    return some.stream().map(this::deal).toList();
  }

  private InstallStep deal(Phase phase) {
    List<InstallStep> cards = left.computeIfAbsent(phase, _ -> new ArrayList<>());
    if (cards.isEmpty()) {
      cards.addAll(InstallStep.of(phase));
      Collections.shuffle(cards, random);
    }
    return cards.removeLast();
  }

  /** A node died where the step says. */
  void struck(InstallStep step) {
    struck.add(step.phase() + " " + step);
  }

  @Override
  public String toString() {
    List<String> never = new ArrayList<>();
    int all = 0;
    for (Phase phase : Phase.values()) {
      for (InstallStep step : InstallStep.of(phase)) {
        all++;
        if (!struck.contains(phase + " " + step)) {
          never.add(phase + " " + step);
        }
      }
    }
    return "%d of %d steps struck, not yet: %s".formatted(all - never.size(), all, never);
  }
}
