package io.balsa.chaos.architecture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What one package may know. Whatever is not named is forbidden.
 *
 * @param of the package; ".." at its end means with all below it
 * @param because why it is so
 * @param knows packages, as ArchUnit writes them
 */
record Row(String of, String because, List<String> knows) {
  static Row row(String of, String because) {
    return new Row(of, because, List.of(of));
  }

  /** May know these packages of ours, named without the leading {@code io.balsa.}. */
  Row knows(String... ours) {
    return with(List.of(ours).stream().map(name -> "io.balsa." + name).toList());
  }

  /** May use these libraries, or packages of the JDK. */
  Row uses(Collection<String> libraries) {
    return with(libraries);
  }

  /** As {@link #uses(Collection)}. */
  Row uses(String... libraries) {
    return with(List.of(libraries));
  }

  private Row with(Collection<String> more) {
    List<String> all = new ArrayList<>(knows);
    all.addAll(more);
    return new Row(of, because, List.copyOf(all));
  }
}
