package io.balsa.client;

import io.balsa.client.model.Page;
import io.balsa.client.model.Result;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A list that is fetched page by page as it is read. Confined to the reading thread. */
final class Pages<T> implements Iterator<T> {
  static final int SIZE = 1_000;

  private final Function<String, Result<Page<T>>> fetch;
  private final Deque<T> items = new ArrayDeque<>();
  // The token of the next page; null behind the last.
  private @Nullable String token = "";

  private Pages(Function<String, Result<Page<T>>> fetch) {
    this.fetch = fetch;
  }

  /** Streams what the pages hold; {@code fetch} takes a token, empty for the first page. */
  static <T> Stream<T> stream(Function<String, Result<Page<T>>> fetch) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new Pages<>(fetch), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public boolean hasNext() {
    String next = token;
    while (items.isEmpty() && next != null) {
      Page<T> page = fetch.apply(next).orElseThrow();
      items.addAll(page.items());
      next = page.next().orElse(null);
      token = next;
    }
    return !items.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return items.removeFirst();
  }
}
