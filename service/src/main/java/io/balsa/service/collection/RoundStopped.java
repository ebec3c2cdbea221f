package io.balsa.service.collection;

/** A round ended before its end. What it did stays, and the next one goes on. */
public final class RoundStopped extends Exception {
  /** Says why. */
  RoundStopped(String why) {
    super(why);
  }
}
