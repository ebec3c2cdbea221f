package io.balsa.cli;

import java.io.IOException;
import java.util.concurrent.Callable;

/** What all verbs share: they get a session, and end with an exit code or a failure. */
abstract class Verb implements Callable<Integer> {
  private final Balsa balsa;

  Verb(Balsa balsa) {
    this.balsa = balsa;
  }

  @Override
  public final Integer call() throws IOException, InterruptedException {
    try (Session session = balsa.open()) {
      return run(session).number();
    }
  }

  /**
   * Does it.
   *
   * @throws VerbFailed with words of its own
   * @throws IOException a local file failed, or as {@link Problem#of(Exception)} tells
   * @throws io.balsa.client.model.BalsaException the cluster did not say yes
   */
  abstract ExitCode run(Session session) throws IOException, InterruptedException;

  /** Refuses to change a version. */
  static Address writable(Address address) {
    if (address.version().isPresent()) {
      throw VerbFailed.usage("a version never changes: leave out @" + address.version().get());
    }
    return address;
  }

  /** Refuses an address without the path of an object. */
  static Address object(Address address) {
    if (address.isFolder()) {
      throw VerbFailed.usage("address='" + address + "', want the path of an object");
    }
    return address;
  }

  /** Reads an address that picocli left as text. */
  static Address address(String text) {
    try {
      return Address.parse(text);
    } catch (IllegalArgumentException e) {
      throw VerbFailed.usage(Problem.words(e));
    }
  }

  /** Reads the name of a dataset, with or without {@code balsa://}. */
  static String datasetName(String text) {
    try {
      return Address.parseDataset(text).dataset();
    } catch (IllegalArgumentException e) {
      throw VerbFailed.usage(Problem.words(e));
    }
  }
}
