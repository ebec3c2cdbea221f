package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** An object that is larger than the heap of the nodes that store it. */
class LargeObjectTest {
  private static final long BYTES = (170L << 20) + 12_345;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void anObjectLargerThanTheHeapStreamsInAndOut() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, "160m");
        BalsaClient client =
            BalsaClient.connect(
                ClientOptions.of(cluster.endpoints())
                    .withDeadline(ProcessCluster.PATIENCE)
                    .withTransfers(4, 32 << 20))) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      Stored stored =
          client
              .objects()
              .put(
                  "demo",
                  "large",
                  Source.reopening(OptionalLong.of(BYTES), Generated::new),
                  PutOptions.DEFAULT)
              .orElseThrow();
      assertThat(stored.size()).isEqualTo(BYTES);
      for (String node : cluster.nodes()) {
        MessageDigest digest = Sha256.newDigest();
        GetOptions here =
            GetOptions.DEFAULT.with(ReadOptions.DEFAULT.onNode(cluster.endpoint(node)));
        Read<ObjectStat> read =
            client
                .objects()
                .get(
                    "demo",
                    "large",
                    here,
                    new DigestOutputStream(OutputStream.nullOutputStream(), digest))
                .orElseThrow();
        assertThat(read.value().size()).isEqualTo(BYTES);
        assertThat(Sha256.fromBytes(digest.digest())).isEqualTo(stored.digest());
        assertThat(cluster.process(node).isAlive()).isTrue();
      }
      cluster.awaitSameState(client);
    }
  }

  /** The same bytes each time, without holding them. */
  private static final class Generated extends InputStream {
    private final Random random = new Random(1);
    private long left = BYTES;

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(left, length);
      // Byte by byte, so that they do not depend on how many the caller asks for.
      for (int at = 0; at < count; at++) {
        into[offset + at] = (byte) random.nextInt(256);
      }
      left -= count;
      return count;
    }
  }
}
