package io.balsa.service.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.raftlog.Mark;
import io.balsa.rocks.ChunkChange;
import io.balsa.rocks.ChunkEntry;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.RocksMemory;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.data.DataFolder;
import io.balsa.service.neighbours.KeptMarks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A data folder that a node wrote is sound; whatever is damaged in it is found and named. */
class FolderCheckTest {
  @TempDir private static Path cluster;

  private static Path written = Path.of("");

  @TempDir private Path temporary;

  /** What happens to a file. */
  enum Damage {
    FLIP {
      @Override
      void strike(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int place = at < 0 ? bytes.length / 2 : at;
        bytes[place] ^= 0x04;
        Files.write(file, bytes);
      }
    },
    CUT {
      @Override
      void strike(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, at < 0 ? bytes.length / 2 : at));
      }
    },
    DELETE {
      @Override
      void strike(Path file, int at) throws IOException {
        Disk.real().deleteTree(file);
      }
    };

    /** Strikes at an offset; in the middle where it is negative. */
    abstract void strike(Path file, int at) throws IOException;
  }

  @BeforeAll
  static void writeAFolder() throws IOException {
    try (LocalCluster nodes = LocalCluster.start(cluster, 1, "chunks.chunk-bytes=65536")) {
      try (BalsaClient client =
          BalsaClient.connect(nodes.clientOptions().withChunkBytes(64 << 10))) {
        client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
        Random random = new Random(3);
        for (int number = 0; number < 12; number++) {
          byte[] bytes = new byte[100_000];
          random.nextBytes(bytes);
          client
              .objects()
              .put("demo", "object/" + number, Source.of(bytes), PutOptions.DEFAULT)
              .orElseThrow();
        }
      }
      written = nodes.data("n1");
      assertThatThrownBy(() -> check(written)).hasMessageContaining("in use");
    }
  }

  private static Findings check(Path folder) throws IOException {
    Findings findings = new Findings(_ -> {});
    FolderCheck.run(folder, findings);
    return findings;
  }

  private Path copy() throws IOException {
    Path copy = temporary.resolve("data");
    try (Stream<Path> files = Files.walk(written)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(written.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return copy;
  }

  private static Path find(Path root, String pattern) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> root.relativize(file).toString().matches(pattern))
          .sorted()
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no " + pattern));
    }
  }

  /** Names, sizes, times and bytes of everything. */
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        boolean isFolder = Files.isDirectory(file);
        String bytes =
            isFolder ? "" : Sha256.of(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
        contents.put(
            file.toString(),
            (isFolder ? 0 : Files.size(file)) + " " + Files.getLastModifiedTime(file) + bytes);
      }
    }
    return contents;
  }

  @Test
  void aFolderThatANodeWroteIsSoundAndNotTouched() throws IOException {
    Map<String, String> before = contents(written);
    Findings findings = check(written);
    assertThat(findings.kept()).isEmpty();
    assertThat(findings.notes()).isEmpty();
    assertThat(contents(written)).isEqualTo(before);
  }

  @ParameterizedTest(name = "{0} of {1} at {2}")
  @CsvSource({
    "FLIP, catalog/[0-9]+.sst, -1",
    "CUT, catalog/[0-9]+.sst, -1",
    "DELETE, catalog/[0-9]+.sst, -1",
    "FLIP, catalog/MANIFEST-.*, -1",
    "DELETE, catalog/MANIFEST-.*, -1",
    "DELETE, catalog/CURRENT, -1",
    "FLIP, chunks/1/index/[0-9]+.sst, -1",
    "DELETE, chunks/1/index/[0-9]+.sst, -1",
    "FLIP, chunks/1/index/MANIFEST-.*, -1",
    "FLIP, chunks/1/pack-1.pack, 100",
    "FLIP, chunks/1/pack-1.pack, 1000",
    "CUT, chunks/1/pack-1.pack, 1000",
    "DELETE, chunks/1/pack-1.pack, -1",
    "FLIP, chunks/1/pack-1.pack, 20",
    "FLIP, raft/.*/current/log_.*, 40",
    "CUT, raft/.*/current/log_.*, 40",
    "DELETE, raft/[^/]*, -1",
    "CUT, raft/.*/current/raft-meta, 0",
    "DELETE, raft/.*/current/raft-meta, -1",
    "FLIP, raft/.*/current/raft-meta.conf, 5",
    "DELETE, raft/.*/current/raft-meta.conf, -1",
    "FLIP, raft/[^/]*/configuration, 14",
    "CUT, watermark, 10",
    "DELETE, watermark, -1",
    "FLIP, identity, -1",
    "CUT, identity, -1",
    "DELETE, identity, -1",
    "DELETE, catalog, -1",
    "DELETE, chunks/2, -1",
  })
  void damageIsFoundAndNamed(Damage damage, String pattern, int at) throws IOException {
    Path root = copy();
    Path struck = find(root, pattern);
    damage.strike(struck, at);
    Map<String, String> before = contents(root);
    Findings findings = check(root);
    assertThat(findings.count()).isPositive();
    assertThat(findings.kept().toString())
        .contains(String.valueOf(struck.getParent()), String.valueOf(struck.getFileName()));
    assertThat(findings.kept().toString()).doesNotContain("balsa-check-");
    assertThat(contents(root)).isEqualTo(before);
  }

  @Test
  void aManifestThatLostItsEndIsNotedSinceACrashMayLeaveTheSame() throws IOException {
    Path root = copy();
    Damage.CUT.strike(find(root, "catalog/MANIFEST-.*"), -1);
    Findings findings = check(root);
    assertThat(findings.notes().toString()).contains("MANIFEST lost its end");
  }

  @Test
  void aSlotOfTheWatermarkThatMakesNoSenseIsNoted() throws IOException {
    Path root = copy();
    Path watermark = root.resolve("watermark");
    Damage.FLIP.strike(watermark, 20);
    Findings findings = check(root);
    assertThat(Stream.concat(findings.kept().stream(), findings.notes().stream()))
        .anySatisfy(each -> assertThat(each.where()).isEqualTo(watermark));
  }

  @Test
  void anOldCopyOfWhichAnotherMemberToldIsFound() throws IOException {
    Path root = copy();
    String self = DataFolder.identityIn(root).orElseThrow().peerId();
    Mark told = new Mark(new LogPosition(1, 1_000_000), 1, "");
    try (KeptMarks kept = new KeptMarks(Disk.real(), root.resolve("neighbours"))) {
      kept.note(self, Map.of(GroupName.chunks(1), told));
      kept.keep();
    }
    assertThat(check(root).kept().toString()).contains("entry 1000000 was forced");
  }

  @Test
  void aChunkThatIsLostOrNotThereIsFound() throws IOException {
    Path root = copy();
    Path store = root.resolve("chunks/1");
    ChunkEntry lost;
    ChunkEntry gone;
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20);
        ChunkIndex index = ChunkIndex.open(store.resolve("index"), memory)) {
      List<ChunkEntry> entries = index.entries(Optional.empty(), 2);
      lost = entries.get(0);
      gone = entries.get(1);
      ChunkHead head = index.head();
      index.commit(
          List.of(
              new ChunkChange(
                  lost.id(),
                  Optional.of(lost.row()),
                  Optional.of(new ChunkRow.Lost(lost.row().length(), lost.row().crc32c()))),
              new ChunkChange(gone.id(), Optional.of(gone.row()), Optional.empty())),
          new ChunkHead(
              head.applied(),
              head.indexed(),
              head.chunks() - 1,
              head.bytes() - gone.row().length(),
              head.digest().minus(gone.row().member(gone.id())),
              head.removals()));
    }
    assertThat(check(root).kept().stream().map(Finding::what))
        .containsExactly(
            "chunk " + lost.id() + " is lost here and waits for another member's copy",
            "chunk " + gone.id() + " is named by objects and not there");
  }

  @Test
  void aFolderThatIsNoneCannotBeChecked() {
    assertThatThrownBy(() -> check(temporary.resolve("none"))).hasMessageContaining("no folder");
  }
}
