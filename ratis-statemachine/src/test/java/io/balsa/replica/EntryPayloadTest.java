package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.command.ChunkBatch;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.ChunkId;
import io.balsa.model.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class EntryPayloadTest {
  @Test
  void whatIsPutTogetherComesApartWhateverIsLeftOut() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<ChunkBatch.Chunk> headers = new ArrayList<>();
      List<Optional<ByteBuffer>> chunks = new ArrayList<>();
      for (int i = random.nextInt(1, 40); i > 0; i--) {
        byte[] bytes = new byte[random.nextInt(1, 9)];
        random.nextBytes(bytes);
        ByteBuffer chunk = ByteBuffer.wrap(bytes);
        headers.add(new ChunkBatch.Chunk(new ChunkId(Sha256.of(chunk)), bytes.length, 0));
        chunks.add(random.nextInt(3) == 0 ? Optional.empty() : Optional.of(chunk));
      }
      ChunkBatch batch = new ChunkBatch(headers);
      ByteString data = EntryPayload.encode(batch, chunks);
      assertThat(EntryPayload.decode(batch, data.asReadOnlyByteBuffer()))
          .as("-Dseed=%d", seed)
          .isEqualTo(chunks);
    }
  }

  @Test
  void dataOfAnyOtherLengthIsRefused() {
    ChunkBatch batch =
        new ChunkBatch(List.of(new ChunkBatch.Chunk(new ChunkId(Sha256.OF_NOTHING), 5, 0)));
    for (int length : new int[] {0, 4, 7, 10}) {
      assertThatThrownBy(() -> EntryPayload.decode(batch, ByteBuffer.allocate(length)))
          .isInstanceOf(BrokenInvariant.class);
    }
  }
}
