package io.balsa.cli;

import io.balsa.client.model.Snapshot;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code balsa://dataset[@version][/path]}. Whatever follows the first '/' is the path, with its
 * '@', '%' and blanks as they are: nothing is decoded.
 *
 * @param dataset the dataset's name
 * @param version the version's name; empty for the present state
 * @param path the object's path or a prefix; empty for the dataset itself
 */
record Address(String dataset, Optional<String> version, String path) {
  private static final String SCHEME = "balsa://";
  private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,63}");

  /** Checks the names; what the path may be, the cluster checks. */
  Address {
    requireName("dataset", dataset);
    version.ifPresent(name -> requireName("version", name));
  }

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Address parse(String text) {
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException(
          "address='" + text + "', want balsa://dataset[@version]/path");
    }
    String rest = text.substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    int at = authority.indexOf('@');
    return at < 0
        ? new Address(authority, Optional.empty(), path)
        : new Address(authority.substring(0, at), Optional.of(authority.substring(at + 1)), path);
  }

  /** Reads the name of a dataset, with or without {@code balsa://}. */
  static Address parseDataset(String text) {
    Address address = parse(text.startsWith(SCHEME) ? text : SCHEME + text);
    if (address.version().isPresent() || !address.path().isEmpty()) {
      throw new IllegalArgumentException("dataset='" + text + "', want only its name");
    }
    return address;
  }

  /** The state of the dataset that is meant. */
  Snapshot snapshot() {
    return version.map(Snapshot::atVersion).orElseGet(Snapshot::head);
  }

  /** The path as a folder: empty or ending with '/'. */
  String prefix() {
    return path.isEmpty() || path.endsWith("/") ? path : path + "/";
  }

  /** Whether the path can only be a folder's. */
  boolean isFolder() {
    return path.isEmpty() || path.endsWith("/");
  }

  /** Another path of the same dataset and version. */
  Address withPath(String value) {
    return new Address(dataset, version, value);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String at = version.map(name -> "@" + name).orElse("");
    return SCHEME + dataset + at + (path.isEmpty() ? "" : "/" + path);
  }

  private static void requireName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(what + "='" + name + "', want 1 to 63 of a-z 0-9 . _ -");
    }
  }
}
