package io.balsa.service.consensus;

import io.balsa.model.GroupName;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;

/** Raft group ids: computed from the cluster's id and the group's name, so all nodes agree. */
public final class GroupIds {
  private GroupIds() {}

  /** The name of the folder with a group's log. */
  public static String folderOf(String clusterId, GroupName name) {
    return of(clusterId, name).getUuid().toString();
  }

  static RaftGroupId of(String clusterId, GroupName name) {
    byte[] text = (clusterId + "/" + name).getBytes(StandardCharsets.UTF_8);
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(text));
  }
}
