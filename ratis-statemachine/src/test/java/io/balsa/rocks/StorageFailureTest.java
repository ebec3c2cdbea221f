package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class StorageFailureTest {
  @TempDir private Path folder;

  @Test
  void whatTheSystemRefusesIsOfTheDiskHoweverItIsWrapped() {
    Throwable full = catchThrowable(() -> write(Path.of("/dev/full")));
    assertThat(full).isInstanceOf(IOException.class);
    assertThat(StorageFailure.isOfDisk(full)).isTrue();
    assertThat(StorageFailure.isOfDisk(new IOException("cannot sync the packs", full))).isTrue();
    Throwable wrapped = new CompletionException(new UncheckedIOException((IOException) full));
    assertThat(StorageFailure.isOfDisk(wrapped)).isTrue();
    Throwable missing = catchThrowable(() -> Files.createFile(folder.resolve("no/file")));
    assertThat(StorageFailure.isOfDisk(missing)).isTrue();
  }

  @Test
  void whatRocksDbCallsAnErrorOfTheDiskIsOne() {
    RocksDB.loadLibrary();
    assertThat(StorageFailure.isOfDisk(told(Status.Code.IOError))).isTrue();
    assertThat(StorageFailure.isOfDisk(told(Status.Code.ShutdownInProgress))).isFalse();
  }

  private static StorageFailure told(Status.Code code) {
    Status status = new Status(code, Status.SubCode.None, "");
    return new StorageFailure("last flush failed", new RocksDBException("told", status));
  }

  @Test
  void whatWasClosedUnderItsUserIsNotOfTheDisk() throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.close();
    Throwable closed = catchThrowable(() -> channel.force(true));
    assertThat(closed).isInstanceOf(IOException.class);
    assertThat(StorageFailure.isOfDisk(closed)).isFalse();
    assertThat(StorageFailure.isOfDisk(new IOException("cannot sync", closed))).isFalse();
    assertThat(StorageFailure.isOfDisk(new StorageFailure("a store is closed"))).isFalse();
    assertThat(StorageFailure.isOfDisk(new IllegalStateException("closed"))).isFalse();
  }

  private static void write(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1));
    }
  }
}
