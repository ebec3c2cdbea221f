package io.balsa.service.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoiningAnswersTest {
  private static final AppendEntriesRequestProto HEARTBEAT =
      AppendEntriesRequestProto.newBuilder()
          .setServerRequest(
              RaftRpcRequestProto.newBuilder()
                  .setRaftGroupId(
                      RaftGroupIdProto.newBuilder().setId(RaftGroupId.randomId().toByteString())))
          .build();

  @Test
  void aLeaderThatAsksForACoveredEntryIsToldToGoOnBehindTheSnapshot() throws IOException {
    AppendEntriesReplyProto asks = inconsistency(16);
    assertThat(answer(asks, 18)).isEqualTo(inconsistency(19));
    assertThat(answer(inconsistency(18), 18)).isEqualTo(inconsistency(19));
  }

  @Test
  void everyOtherAnswerStaysAsItIs() throws IOException {
    assertThat(answer(inconsistency(19), 18)).isEqualTo(inconsistency(19));
    assertThat(answer(inconsistency(16), null)).isEqualTo(inconsistency(16));
    AppendEntriesReplyProto success =
        inconsistency(16).toBuilder().setResult(AppendResult.SUCCESS).build();
    assertThat(answer(success, 18)).isEqualTo(success);
  }

  @Test
  void aFailureIsTheServersOwn() throws IOException {
    IOException failure = new IOException("closed");
    CompletableFuture<AppendEntriesReplyProto> failed = CompletableFuture.failedFuture(failure);
    assertThat(JoiningAnswers.of(server(failed, 18L)).appendEntriesAsync(HEARTBEAT).exceptionNow())
        .isSameAs(failure);
  }

  private static AppendEntriesReplyProto inconsistency(long nextIndex) {
    return AppendEntriesReplyProto.newBuilder()
        .setResult(AppendResult.INCONSISTENCY)
        .setNextIndex(nextIndex)
        .build();
  }

  private static AppendEntriesReplyProto answer(
      AppendEntriesReplyProto own, @Nullable Number snapshot) throws IOException {
    RaftServer server = server(CompletableFuture.completedFuture(own), snapshot);
    return JoiningAnswers.of(server).appendEntriesAsync(HEARTBEAT).resultNow();
  }

  private static RaftServer server(
      CompletableFuture<AppendEntriesReplyProto> answer, @Nullable Number snapshot) {
    SnapshotInfo latest = snapshot == null ? null : new At(snapshot.longValue());
    StateMachine machine = answering(StateMachine.class, "getLatestSnapshot", latest);
    var division = answering(RaftServer.Division.class, "getStateMachine", machine);
    Map<String, Object> answers = Map.of("getDivision", division, "appendEntriesAsync", answer);
    return (RaftServer)
        Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            (_, method, _) -> answers.get(method.getName()));
  }

  private static <T> T answering(Class<T> type, String name, @Nullable Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> {
              assertThat(method.getName()).isEqualTo(name);
              return answer;
            }));
  }

  private record At(long index) implements SnapshotInfo {
    @Override
    public TermIndex getTermIndex() {
      return TermIndex.valueOf(1, index);
    }

    @Override
    public List<FileInfo> getFiles() {
      return List.of();
    }
  }
}
