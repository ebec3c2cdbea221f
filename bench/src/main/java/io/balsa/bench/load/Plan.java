package io.balsa.bench.load;

/**
 * What a load is.
 *
 * @param dataset where it all happens
 * @param seed of everything random in it
 * @param objectsMax paths, so at most as many objects; 1 to 1,000,000
 * @param workers that go on side by side, 1 to 256 and at most as many as paths
 * @param versionsMax versions that are kept at a time, 0 and up to the number of workers
 */
public record Plan(String dataset, long seed, int objectsMax, int workers, int versionsMax) {
  /** Checks the ranges. */
  public Plan {
    require("objects-max", objectsMax, 1, 1_000_000);
    require("workers", workers, 1, Math.min(256, objectsMax));
    require("versions-max", versionsMax, 0, workers);
  }

  private static void require(String field, int given, int min, int max) {
    if (given < min || given > max) {
      throw new IllegalArgumentException(field + "=" + given + ", want " + min + " to " + max);
    }
  }
}
