package io.balsa.client.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.api.v1.GetStatusResponse;
import io.balsa.api.v1.GroupRole;
import io.balsa.api.v1.GroupStatus;
import io.balsa.api.v1.NodeIdentity;
import io.balsa.client.model.Endpoint;
import org.junit.jupiter.api.Test;

class LeadersTest {
  private static final Endpoint A = new Endpoint("a", 1);
  private static final Endpoint B = new Endpoint("b", 1);

  private final Leaders leaders = new Leaders();

  @Test
  void aDeposedLeaderThatDoesNotKnowItYetIsNotBelieved() {
    leaders.claimed("catalog", B, 6);
    leaders.claimed("catalog", A, 5);

    assertThat(leaders.of("catalog")).contains(B);
  }

  @Test
  void aHintReplacesABeliefUntilAStatusSaysMore() {
    leaders.claimed("catalog", A, 5);
    leaders.hinted("catalog", B);
    assertThat(leaders.of("catalog")).contains(B);

    leaders.claimed("catalog", A, 6);
    assertThat(leaders.of("catalog")).contains(A);
  }

  @Test
  void aLeaderThatDeniesIsForgotten() {
    leaders.claimed("catalog", A, 5);
    leaders.denied("catalog", B);
    assertThat(leaders.of("catalog")).contains(A);

    leaders.denied("catalog", A);
    assertThat(leaders.of("catalog")).isEmpty();
  }

  @Test
  void aFollowerNamesTheLeaderByItsMembersAddress() {
    leaders.observe(
        A,
        GetStatusResponse.newBuilder()
            .setIdentity(NodeIdentity.newBuilder().setNodeId("a"))
            .addMembers(NodeIdentity.newBuilder().setNodeId("b").setClientAddress("b:1"))
            .addMembers(NodeIdentity.newBuilder().setNodeId("c").setClientAddress("nonsense"))
            .addGroups(group("chunks-1", "b"))
            .addGroups(group("chunks-2", "c"))
            .build());

    assertThat(leaders.of("chunks-1")).contains(B);
    assertThat(leaders.of("chunks-2")).isEmpty();
  }

  private static GroupStatus.Builder group(String name, String leader) {
    return GroupStatus.newBuilder()
        .setName(name)
        .setRole(GroupRole.GROUP_ROLE_FOLLOWER)
        .setLeaderNodeId(leader)
        .setTerm(3);
  }
}
