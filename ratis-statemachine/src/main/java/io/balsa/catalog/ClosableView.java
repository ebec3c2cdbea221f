package io.balsa.catalog;

/** A view that holds resources until it is closed. */
public interface ClosableView extends CatalogView, AutoCloseable {
  @Override
  void close();
}
