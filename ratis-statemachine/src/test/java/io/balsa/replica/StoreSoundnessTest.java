package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.GroupName;
import io.balsa.rocks.StorageFailure;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What condemns a store, by RocksDB's words for failed calls. */
class StoreSoundnessTest {
  @TempDir private Path folder;
  private final FaultyDisk disk = new FaultyDisk();
  private final List<String> halts = new ArrayList<>();
  private Path store;
  private StoreSoundness soundness;

  @BeforeEach
  void aStoreWithATable() throws IOException {
    store = Files.createDirectory(folder.resolve("catalog"));
    Files.write(store.resolve("000012.sst"), new byte[3 << 20]);
    soundness = new StoreSoundness(GroupName.CATALOG, store, disk, (what, _) -> halts.add(what));
  }

  @Test
  void aTableThatCannotBeReadAgainEitherCondemnsTheStore() throws IOException {
    failReads(new UnreadableFile(store, new IOException("Input/output error")));
    soundness.met(failed("While pread offset 4096 len 512", "Input/output error"), store);
    assertThat(StoreCondemnation.read(Disk.real(), store).orElseThrow())
        .contains("000012.sst", "Input/output error");
    assertThat(halts).hasSize(1);
  }

  @Test
  void aTableThatCanBeReadAgainOnlyStopsTheNode() throws IOException {
    soundness.met(failed("While pread offset 4096 len 512", "Input/output error"), store);
    assertThat(StoreCondemnation.read(Disk.real(), store)).isEmpty();
    assertThat(halts).hasSize(1).first().asString().contains("failed to read the store");
  }

  @Test
  void neitherAMachineWithoutHandlesOrMemoryNorAFailedWriteIsAnUnreadableTable()
      throws IOException {
    failReads(new UnreadableFile(store, new IOException("Input/output error")));
    for (StorageFailure failure :
        List.of(
            failed("While open a file for random read", "Too many open files"),
            failed("While pread offset 4096 len 512", "Cannot allocate memory"),
            failed("While appending to file", "Input/output error"),
            failed("While fdatasync", "Input/output error"))) {
      assertThat(failure.isUnreadable()).as("%s", failure.getCause()).isFalse();
      assertThat(soundness.condemnIfDamaged(failure, store)).isFalse();
    }
    assertThat(StoreCondemnation.read(Disk.real(), store)).isEmpty();
  }

  @Test
  void aReadThatTheMachineCannotRepeatProvesNothing() throws IOException {
    failReads(new IOException("Too many open files"));
    StorageFailure failure = failed("While pread offset 4096 len 512", "Input/output error");
    assertThat(soundness.condemnIfDamaged(failure, store)).isFalse();
    assertThat(StoreCondemnation.read(Disk.real(), store)).isEmpty();
  }

  private StorageFailure failed(String call, String error) {
    String text = call + ": " + store.resolve("000012.sst") + ": " + error;
    return new StorageFailure(
        "cannot read",
        new RocksDBException(text, new Status(Status.Code.IOError, Status.SubCode.None, text)));
  }

  private void failReads(IOException failure) {
    disk.set(
        operation -> {
          if (operation.equals("read")) {
            throw failure;
          }
        });
  }
}
