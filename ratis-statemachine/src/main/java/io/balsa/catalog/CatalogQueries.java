package io.balsa.catalog;

import io.balsa.model.ObjectPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Reads of objects at a revision, which must not be beyond the view's. What they answer for a
 * revision never changes. Names of datasets and versions are resolved by the caller. Pure; as
 * thread-safe as the view.
 */
public final class CatalogQueries {
  /** Rows that one page may cost; a dataset can hold many more that are not visible. */
  private static final long LIST_ROWS_MAX = 100_000;

  private CatalogQueries() {}

  /** The object at a path. */
  public static Optional<VisibleObject> stat(
      CatalogView view, long datasetId, ObjectPath path, long revision) {
    return ObjectHistory.at(view, datasetId, path, revision);
  }

  /** A page of a listing. Jumps over what a common prefix stands for. */
  public static Listing list(CatalogView view, ListQuery query) {
    return list(view, query, LIST_ROWS_MAX);
  }

  /** All visible objects in byte order of path. The caller closes it. */
  public static CatalogView.Cursor<VisibleObject> walk(
      CatalogView view, long datasetId, long revision) {
    return new VisibleCursor(new PathWalk(view, datasetId, revision, new byte[0]));
  }

  static Listing list(CatalogView view, ListQuery query, long rowsMax) {
    List<VisibleObject> objects = new ArrayList<>();
    List<String> prefixes = new ArrayList<>();
    Optional<String> last = Optional.empty();
    try (PathWalk walk = new PathWalk(view, query.datasetId(), query.revision(), start(query))) {
      while (walk.next() && walk.path().text().startsWith(query.prefix())) {
        String path = walk.path().text();
        if (walk.visible().isPresent()) {
          if (objects.size() + prefixes.size() == query.pageSize()) {
            return new Listing(objects, prefixes, last);
          }
          last = Optional.of(entry(query, path));
          if (last.get().equals(path)) {
            objects.add(walk.visible().get());
          } else {
            prefixes.add(last.get());
            walk.seek(behind(last.get()));
          }
        }
        if (walk.rows() >= rowsMax) {
          return new Listing(
              objects, prefixes, walk.visible().isPresent() ? last : Optional.of(path));
        }
      }
    }
    return new Listing(objects, prefixes, Optional.empty());
  }

  /** What a visible path is in the listing: itself, or the common prefix that it falls under. */
  private static String entry(ListQuery query, String path) {
    int end = query.delimiter().isEmpty() ? -1 : path.indexOf('/', query.prefix().length());
    return end < 0 ? path : path.substring(0, end + 1);
  }

  private static byte[] start(ListQuery query) {
    byte[] prefix = query.prefix().getBytes(StandardCharsets.UTF_8);
    if (query.startAfter().isEmpty()) {
      return prefix;
    }
    // No path ends with the delimiter, so what does is a common prefix, done with as a whole.
    byte[] after =
        !query.delimiter().isEmpty() && query.startAfter().endsWith(query.delimiter())
            ? behind(query.startAfter())
            : (query.startAfter() + '\u0001').getBytes(StandardCharsets.UTF_8);
    return Arrays.compareUnsigned(prefix, after) < 0 ? after : prefix;
  }

  /** The smallest bytes behind everything that begins with a common prefix. */
  private static byte[] behind(String commonPrefix) {
    byte[] bytes = commonPrefix.getBytes(StandardCharsets.UTF_8);
    bytes[bytes.length - 1]++;
    return bytes;
  }

  /** Steps over what is not visible. */
  private static final class VisibleCursor implements CatalogView.Cursor<VisibleObject> {
    private final PathWalk walk;
    private Optional<VisibleObject> ahead = Optional.empty();

    VisibleCursor(PathWalk walk) {
      this.walk = walk;
    }

    @Override
    public boolean hasNext() {
      while (ahead.isEmpty() && walk.next()) {
        ahead = walk.visible();
      }
      return ahead.isPresent();
    }

    @Override
    public VisibleObject next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      VisibleObject next = ahead.orElseThrow();
      ahead = Optional.empty();
      return next;
    }

    @Override
    public void close() {
      walk.close();
    }
  }
}
