package io.balsa.service;

import io.balsa.model.Sha256;
import io.balsa.service.consensus.Member;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Cluster ids: computed from the founding members' peer ids and the number of chunk groups, so that
 * forming a cluster may be repeated, or done by two people at once, and always gives the same one.
 */
final class ClusterIds {
  private ClusterIds() {}

  static String of(Collection<Member> founders, int chunkGroups) {
    String text =
        founders.stream()
            .map(Member::peerId)
            .sorted()
            .collect(Collectors.joining("\n", "balsa.cluster.v1\n" + chunkGroups + "\n", ""));
    Sha256 hash = Sha256.of(StandardCharsets.UTF_8.encode(text));
    return new UUID(hash.a(), hash.b()).toString();
  }
}
