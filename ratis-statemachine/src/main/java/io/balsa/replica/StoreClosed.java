package io.balsa.replica;

import io.balsa.model.GroupName;
import java.io.IOException;

/**
 * The replica's store is not open: the node starts or stops, or a snapshot takes the store's place.
 * Nothing was read or changed; another replica may be asked.
 */
public final class StoreClosed extends IOException {
  /** Names the replica's group. */
  public StoreClosed(GroupName group) {
    super("the store of " + group + " is closed");
  }
}
