package io.balsa.service.upkeep;

import io.balsa.model.GroupName;
import io.balsa.model.PackPosition;
import io.balsa.replica.ChunkUpkeep;
import java.io.IOException;

/**
 * The packs of a chunk group.
 *
 * @param upkeep the group's
 */
record PackTarget(ChunkUpkeep upkeep) implements ScrubTarget {
  @Override
  public String name() {
    return upkeep.group() + "/packs";
  }

  @Override
  public GroupName group() {
    return upkeep.group();
  }

  @Override
  public long bytes() throws IOException {
    return upkeep.health().packBytes();
  }

  @Override
  public Step step(Cursor from, long bytesMax) throws IOException {
    var step = upkeep.scrub(new PackPosition(from.file(), from.offset()), bytesMax);
    Cursor next = new Cursor(step.next().pack(), step.next().offset());
    return new Step(next, step.bytes(), step.found(), step.last());
  }
}
