package io.balsa.service.neighbours;

import io.balsa.model.GroupName;
import io.balsa.model.Sha256;
import io.balsa.raftlog.Mark;
import io.balsa.service.disk.DiskReport;
import io.balsa.service.observe.NodeProblem;
import java.util.List;
import java.util.Map;

/**
 * What a member tells of itself.
 *
 * @param clusterId its cluster
 * @param peerId its incarnation
 * @param disk its data disk
 * @param digests for each replica: index of a mark to what the replica noted there
 * @param problems what is wrong with it
 * @param logs what its logs hold for good
 */
public record Beat(
    String clusterId,
    String peerId,
    DiskReport disk,
    Map<GroupName, Map<Long, Sha256>> digests,
    List<NodeProblem> problems,
    Map<GroupName, Mark> logs) {
  /** Copies. */
  public Beat {
    digests = Map.copyOf(digests);
    problems = List.copyOf(problems);
    logs = Map.copyOf(logs);
  }

  /** What the member's replica of a group noted at marks; empty where it noted nothing. */
  public Map<Long, Sha256> notedIn(GroupName group) {
    return digests.getOrDefault(group, Map.of());
  }
}
