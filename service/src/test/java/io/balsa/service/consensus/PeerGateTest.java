package io.balsa.service.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.junit.jupiter.api.Test;

class PeerGateTest {
  private static final RaftGroupId GROUP = RaftGroupId.randomId();

  private final Set<RaftGroupId> open = ConcurrentHashMap.newKeySet();

  /** What reached the server. */
  private final List<String> reached = new ArrayList<>();

  private final RaftServer behind = ((PeerGate) open::contains).before(server());

  private RaftServer server() {
    return (RaftServer)
        Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            (_, method, _) -> {
              if (method.getName().equals("getId")) {
                return RaftPeerId.valueOf("n1");
              }
              reached.add(method.getName());
              throw new IOException("reached");
            });
  }

  private static RaftRpcRequestProto request() {
    return RaftRpcRequestProto.newBuilder()
        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(GROUP.toByteString()))
        .build();
  }

  @Test
  void aReplicaThatIsNotOpenIsNotHereForPeers() throws Exception {
    assertRefused();
    assertThat(reached).isEmpty();
  }

  private void assertRefused() throws IOException {
    assertThatThrownBy(() -> behind.requestVote(vote())).isInstanceOf(GroupMismatchException.class);
    assertThatThrownBy(() -> behind.appendEntries(append()))
        .isInstanceOf(GroupMismatchException.class);
    assertThatThrownBy(
            () ->
                behind.installSnapshot(
                    InstallSnapshotRequestProto.newBuilder().setServerRequest(request()).build()))
        .isInstanceOf(GroupMismatchException.class);
    assertThatThrownBy(
            () ->
                behind.startLeaderElection(
                    StartLeaderElectionRequestProto.newBuilder()
                        .setServerRequest(request())
                        .build()))
        .isInstanceOf(GroupMismatchException.class);
    assertFails(behind.appendEntriesAsync(append()));
    assertFails(
        behind.readIndexAsync(
            ReadIndexRequestProto.newBuilder().setServerRequest(request()).build()));
  }

  private static void assertFails(CompletableFuture<?> answer) {
    assertThat(answer).isCompletedExceptionally();
    assertThat(answer.exceptionNow()).isInstanceOf(GroupMismatchException.class);
  }

  @Test
  void anOpenOneIsReachedAndItsFailureIsItsOwn() {
    open.add(GROUP);
    assertThatThrownBy(() -> behind.requestVote(vote())).hasMessage("reached");
    assertThatThrownBy(() -> behind.appendEntriesAsync(append())).hasMessage("reached");
    assertThat(reached).containsExactly("requestVote", "appendEntriesAsync");
  }

  /** A new way for peers to speak to a replica must be put behind the gate, too. */
  @Test
  void theseAreAllCallsOfPeers() {
    assertThat(RaftServerProtocol.class.getMethods()).hasSize(4);
    assertThat(RaftServerAsynchronousProtocol.class.getMethods()).hasSize(2);
  }

  private static RequestVoteRequestProto vote() {
    return RequestVoteRequestProto.newBuilder().setServerRequest(request()).build();
  }

  private static AppendEntriesRequestProto append() {
    return AppendEntriesRequestProto.newBuilder().setServerRequest(request()).build();
  }
}
