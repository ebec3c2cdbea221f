package io.balsa.chaos.crash;

import io.balsa.client.model.Sha256;
import io.balsa.snapshot.CorruptSnapshot;
import io.balsa.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an install has on disk, read as docs/formats/snapshot.md says and not by the code that wrote
 * it, but for the manifest.
 *
 * @param live the store's folder
 */
record InstallFiles(Path live) {
  private static final String COMPLETE = "SNAPSHOT-COMPLETE";
  private static final int RECORD_BYTES = 28;
  private static final List<String> PASSING =
      List.of(".staging", ".next", ".old", ".condemned", ".condemned.new");

  private Path beside(String suffix) {
    return live.resolveSibling(live.getFileName() + suffix);
  }

  Path staging() {
    return beside(".staging");
  }

  /** What is beside the store while an install or rebuild is under way. */
  List<Path> underWay() {
    return PASSING.stream().map(this::beside).filter(Files::exists).toList();
  }

  /** True once what is live came by a snapshot that reaches behind an index. */
  boolean isInstalledBehind(long index) throws IOException {
    return underWay().isEmpty() && installedIndex() > index;
  }

  /** The index of the snapshot from which the store came; -1 where it came from none. */
  long installedIndex() throws IOException {
    return manifest(live.resolve(COMPLETE)).map(said -> said.position().index()).orElse(-1L);
  }

  /** A folder with a marker has all that the marker says, byte by byte. */
  void requireHonestMarkers() throws IOException {
    for (Path folder : List.of(staging(), beside(".next"))) {
      Optional<SnapshotManifest> said = manifest(folder.resolve(COMPLETE));
      if (said.isPresent()) {
        for (SnapshotManifest.Entry entry : said.get().entries()) {
          byte[] bytes = Files.readAllBytes(folder.resolve(entry.relativePath()));
          if (!Sha256.of(bytes).toString().equals(entry.digest().toString())) {
            throw new Violation(folder + " has a marker, and another " + entry.relativePath());
          }
        }
      }
    }
  }

  /** The snapshot that a transfer brings; empty where none has begun. */
  Optional<SnapshotManifest> begun() throws IOException {
    return manifest(staging().resolve("SNAPSHOT-BEGUN"));
  }

  /** True where a whole snapshot is staged or chosen. */
  boolean isWhole() throws IOException {
    return isChosen() || manifest(staging().resolve(COMPLETE)).isPresent();
  }

  /** True where a snapshot is chosen to go live. */
  boolean isChosen() {
    return Files.exists(beside(".next"));
  }

  /** Bytes that the list of slices vouches for: they must not be fetched again. */
  long vouchedBytes() throws IOException {
    Path list = staging().resolve("SNAPSHOT-SLICES");
    Map<List<Long>, Long> slices = new HashMap<>();
    if (begun().isPresent() && Files.exists(list)) {
      ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(list));
      while (records.remaining() >= RECORD_BYTES) {
        ByteBuffer record = records.slice(records.position(), RECORD_BYTES);
        long file = record.getInt(0);
        slices.put(List.of(file, record.getLong(4)), record.getLong(12) - record.getLong(4));
        records.position(records.position() + RECORD_BYTES);
      }
    }
    return slices.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Optional<SnapshotManifest> manifest(Path file) throws IOException {
    try {
      return Optional.of(SnapshotManifest.decode(ByteBuffer.wrap(Files.readAllBytes(file))));
    } catch (NoSuchFileException | CorruptSnapshot e) {
      return Optional.empty();
    }
  }
}
