package io.balsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderUploadTest {
  private static final int FILES = 1_500;

  private final FakeCluster cluster;
  @TempDir private Path folder;

  FolderUploadTest() throws IOException {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void writeFiles() throws IOException {
    for (int i = 0; i < FILES; i++) {
      Path file = folder.resolve("part" + i % 7).resolve("f" + i + ".bin");
      Files.createDirectories(file.getParent());
      Files.writeString(file, "content of " + i);
    }
    Files.write(folder.resolve("empty"), new byte[0]);
    Files.write(folder.resolve("large"), new byte[700_000]);
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("empty"));
  }

  @Test
  void aFolderOfManySmallFilesIsUploadedInBatches() throws IOException {
    writeFiles();
    Map<String, Stored> acknowledged = new HashMap<>();
    UploadListener listener =
        new UploadListener() {
          @Override
          public void acknowledged(String path, Stored stored) {
            acknowledged.put(path, stored);
          }
        };

    UploadSummary summary =
        cluster
            .client()
            .objects()
            .uploadFolder("d", FolderUpload.of(folder).withPrefix("in/"), listener);

    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.files()).isEqualTo(FILES + 2);
    assertThat(acknowledged).hasSize(FILES + 2).containsKey("in/empty").containsKey("in/large");
    assertThat(acknowledged.get("in/part3/f3.bin").digest())
        .isEqualTo(Sha256.of("content of 3".getBytes(StandardCharsets.UTF_8)));
    long commits = cluster.nodes.stream().mapToLong(node -> node.calls("CommitObjects")).sum();
    long puts = cluster.nodes.stream().mapToLong(node -> node.calls("PutChunks")).sum();
    assertThat(commits).isLessThan(FILES / 2);
    assertThat(puts).isLessThan(FILES);
  }

  @Test
  void anUploadThatIsRepeatedSendsNothingTwice() throws IOException {
    writeFiles();
    Objects objects = cluster.client().objects();
    objects.uploadFolder("d", FolderUpload.of(folder), UploadListener.NONE);

    UploadSummary again = objects.uploadFolder("d", FolderUpload.of(folder), UploadListener.NONE);

    assertThat(again.isComplete()).isTrue();
    assertThat(again.bytesSent()).isZero();
    assertThat(again.bytes()).isPositive();
  }

  @Test
  void oneFileThatIsRefusedDoesNotTakeOthersWithIt() throws IOException {
    writeFiles();
    Files.writeString(folder.resolve("forbidden"), "x");
    UploadListener failing =
        new UploadListener() {
          @Override
          public void refused(String path, Refusal refusal) {
            throw new IllegalStateException("a listener's defect");
          }
        };

    UploadSummary summary =
        cluster.client().objects().uploadFolder("d", FolderUpload.of(folder), failing);

    assertThat(summary.refused()).isEqualTo(1);
    assertThat(summary.problems()).singleElement().asString().contains("forbidden");
    assertThat(summary.files()).isEqualTo(FILES + 2);
  }

  @Test
  void chunksThatWereCollectedMeanwhileAreUploadedAgain() throws IOException {
    writeFiles();
    cluster.state.failCommitsWithMissingChunk = 20;

    UploadSummary summary =
        cluster.client().objects().uploadFolder("d", FolderUpload.of(folder), UploadListener.NONE);

    assertThat(summary.problems()).isEmpty();
    assertThat(cluster.state.objects).hasSize(FILES + 2);
  }

  @Test
  void aListIsReadPageByPage() throws IOException {
    writeFiles();
    Objects objects = cluster.client().objects();
    objects.uploadFolder("d", FolderUpload.of(folder), UploadListener.NONE);
    ListOptions options = ListOptions.DEFAULT.withPageSize(100).withPrefix("part");

    List<String> paths = objects.list("d", options).map(ListEntry::path).toList();

    assertThat(paths).hasSize(FILES).isSorted();
    long pages = cluster.nodes.stream().mapToLong(node -> node.calls("ListObjects")).sum();
    assertThat(pages).isGreaterThanOrEqualTo(FILES / 100);
  }

  @Test
  void aTransactionTakesAFolderAndPublishesOnce() throws IOException {
    writeFiles();
    try (Transaction transaction =
        cluster.client().begin("d", BeginOptions.DEFAULT).orElseThrow()) {
      UploadSummary summary =
          transaction.uploadFolder(FolderUpload.of(folder), UploadListener.NONE);
      assertThat(summary.isComplete()).isTrue();
      assertThat(transaction.publish(WriteOptions.DEFAULT)).isInstanceOf(Result.Yes.class);
    }

    assertThat(cluster.state.count("publish 42")).isEqualTo(1);
    assertThat(cluster.state.count("abort 42")).isZero();
  }
}
