package io.balsa.service;

import io.balsa.model.GroupName;
import java.io.IOException;

/**
 * What must be done for a group before its store is opened, its log looked at and its replica
 * started: to rebuild a store, say. Thread-safe; each group is prepared by one thread.
 */
public interface GroupPreparation {
  /** Nothing to prepare. */
  GroupPreparation NONE =
      new GroupPreparation() {
        @Override
        public boolean takesLong(GroupName group) {
          return false;
        }

        @Override
        public void prepare(GroupName group) {}
      };

  /**
   * True where {@link #prepare} takes so long that the node must not wait for it. The group is then
   * prepared and started in the background, and absent until then.
   */
  boolean takesLong(GroupName group) throws IOException;

  /**
   * Prepares a group.
   *
   * @throws IOException the node must stop
   * @throws InterruptedException the node is stopping
   */
  void prepare(GroupName group) throws IOException, InterruptedException;
}
