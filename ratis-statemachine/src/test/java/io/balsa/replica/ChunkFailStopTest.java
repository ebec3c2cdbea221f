package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.PackOptions;
import io.balsa.command.ChunkBatch;
import io.balsa.command.ChunkBatchCodec;
import io.balsa.model.GroupName;
import io.balsa.rocks.RocksMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls of Ratis' log stop the node by themselves, whatever Ratis makes of their failure. */
class ChunkFailStopTest {
  @TempDir private Path folder;

  private final Queue<String> halts = new ConcurrentLinkedQueue<>();

  @Test
  void aWriteOrForceThatFailsStopsTheNodeBeforeItsFutureFails() {
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20)) {
      ChunkStateMachine replica =
          new ChunkStateMachine(
              GroupName.chunks(1),
              folder,
              new ChunkStateMachine.Settings(PackOptions.DEFAULT, 0),
              new StoredReplica.Ground(
                  memory,
                  (_, _) -> {
                    throw new IllegalStateException("nobody has a snapshot");
                  },
                  (_, _) -> {
                    throw new IllegalStateException("nobody has a chunk");
                  },
                  (_, _) -> {},
                  (what, _) -> halts.add(what)));

      // Its store was never opened, so each of them fails.
      assertStops(replica.write(entry(), null), "cannot write to the packs in ");
      assertStops(replica.flush(1), "cannot sync the packs in ");
    }
  }

  private void assertStops(CompletableFuture<?> call, String what) {
    assertThatThrownBy(call::join).isInstanceOf(CompletionException.class);
    assertThat(halts.poll()).isEqualTo(what + folder);
    assertThat(halts).isEmpty();
  }

  private static LogEntryProto entry() {
    return LogEntryProto.newBuilder()
        .setTerm(1)
        .setIndex(1)
        .setStateMachineLogEntry(
            StateMachineLogEntryProto.newBuilder()
                .setLogData(
                    UnsafeByteOperations.unsafeWrap(
                        ChunkBatchCodec.encode(new ChunkBatch(List.of())))))
        .build();
  }
}
