package io.balsa.service;

import io.balsa.model.GroupName;
import io.balsa.replica.StoreRebuild;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Replaces stores that are lost before their groups start. Thread-safe. */
final class StorePreparation implements GroupPreparation {
  private final StoreRebuild rebuild;
  private final Function<GroupName, StoreRebuild.Store> stores;
  private final Map<GroupName, StoreRebuild.Store> lost = new ConcurrentHashMap<>();

  StorePreparation(StoreRebuild rebuild, Function<GroupName, StoreRebuild.Store> stores) {
    this.rebuild = rebuild;
    this.stores = stores;
  }

  @Override
  public boolean takesLong(GroupName group) throws IOException {
    StoreRebuild.Store store = stores.apply(group);
    if (rebuild.isNeeded(store)) {
      lost.put(group, store);
    }
    return lost.containsKey(group);
  }

  @Override
  public void prepare(GroupName group) throws IOException, InterruptedException {
    StoreRebuild.Store store = lost.get(group);
    if (store != null) {
      rebuild.run(store);
      lost.remove(group);
    }
  }
}
