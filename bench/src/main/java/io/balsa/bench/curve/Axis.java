package io.balsa.bench.curve;

import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A linear axis from 0 with round ticks.
 *
 * @param max where it ends, above 0
 * @param step between two ticks
 */
record Axis(double max, double step) {
  /** One that ends at a round number from which nothing sticks out. */
  static Axis upTo(double highest, int ticks) {
    if (!(highest > 0) || Double.isInfinite(highest)) {
      return new Axis(1, 1);
    }
    double step = roundStep(highest / ticks);
    return new Axis(Math.ceil(highest / step) * step, step);
  }

  /** One that ends at the highest value itself. */
  static Axis justTo(double highest, int ticks) {
    return highest > 0 ? new Axis(highest, roundStep(highest / ticks)) : new Axis(1, 1);
  }

  /** 1, 2 or 5 times a power of ten, at least this. */
  private static double roundStep(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    return DoubleStream.of(1, 2, 5)
        .map(digit -> digit * power)
        .filter(step -> step >= atLeast * (1 - 1e-9))
        .findFirst()
        .orElse(10 * power);
  }

  double[] ticks() {
    int count = (int) Math.floor(max / step + 1e-6);
    return DoubleStream.iterate(0, tick -> tick + step).limit(count + 1L).toArray();
  }

  String label(double tick) {
    return step >= 1
        ? String.format(Locale.ROOT, "%,.0f", tick)
        : String.format(Locale.ROOT, step >= 0.1 ? "%.1f" : "%.2f", tick);
  }
}
