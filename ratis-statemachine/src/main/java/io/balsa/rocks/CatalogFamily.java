package io.balsa.rocks;

import io.balsa.catalog.Table;
import java.util.Arrays;
import java.util.List;

/** The catalog's column families. Their names are persisted. */
enum CatalogFamily {
  /** The head, under one key. */
  HEAD("default"),
  DATASETS("datasets"),
  OBJECTS("objects"),
  TRANSACTIONS("transactions"),
  VERSIONS("versions"),
  CHUNKS("chunks"),
  REPLIES("replies"),
  /** Reply sequence, big-endian, to the reply's key. */
  REPLY_ORDER("reply-order");

  private final String stored;

  CatalogFamily(String stored) {
    this.stored = stored;
  }

  /** The persisted name. */
  String stored() {
    return stored;
  }

  static CatalogFamily of(Table table) {
    return switch (table) {
      case DATASETS -> DATASETS;
      case OBJECTS -> OBJECTS;
      case TRANSACTIONS -> TRANSACTIONS;
      case VERSIONS -> VERSIONS;
      case CHUNKS -> CHUNKS;
      case REPLIES -> REPLIES;
    };
  }

  /** All names. */
  static List<String> names() {
    return Arrays.stream(values()).map(family -> family.stored).toList();
  }
}
