package io.balsa.service.grpc;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.replica.LentSnapshot;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.replica.SnapshotLoans;
import io.balsa.service.admission.ByteRate;
import io.balsa.service.consensus.Member;
import io.balsa.snapshot.SnapshotSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Measures how fast a chunk group's files travel from one node to another over a real socket, with
 * all checks and forces, against {@code cp} and {@code sync} between the same folders. Sender and
 * receiver share one process, so its heap bounds what both need.
 *
 * <pre>java -Xmx48m -cp ... io.balsa.service.grpc.SnapshotRate FOLDER BYTES</pre>
 */
public final class SnapshotRate {
  private static final long PACK_BYTES = 256L << 20;
  private static final GroupName GROUP = GroupName.chunks(1);
  private static final LogPosition POSITION = new LogPosition(1, 1_000);

  private SnapshotRate() {}

  /**
   * What was measured.
   *
   * @param bytes that travelled
   * @param installNanos for them, from the first question to the durable marker
   * @param copyNanos that {@code cp -r} and {@code sync} took
   */
  public record Figures(long bytes, long installNanos, long copyNanos) {
    /** One line. */
    public String text() {
      return "snapshot of %d MB: install %.0f MB/s, cp and sync %.0f MB/s, heap at most %d MB"
          .formatted(
              bytes / 1_000_000,
              rate(installNanos),
              rate(copyNanos),
              Runtime.getRuntime().maxMemory() / 1_000_000);
    }

    private double rate(long nanos) {
      return bytes * 1_000.0 / nanos;
    }
  }

  /** Prints the figures. */
  public static void main(String[] arguments) throws Exception {
    System.out.println(measure(Path.of(arguments[0]), Long.parseLong(arguments[1])).text());
    System.exit(0);
  }

  /**
   * Makes the files, copies them, and sends them.
   *
   * @param folder empty; left with three times the bytes
   */
  public static Figures measure(Path folder, long bytes) throws Exception {
    Path from = Files.createDirectories(folder.resolve("from"));
    fill(from, bytes);
    long copyBegan = System.nanoTime();
    run("cp", "-r", from.toString(), folder.resolve("copy").toString());
    run("sync", "-f", folder.resolve("copy").toString());
    long copied = System.nanoTime() - copyBegan;
    return new Figures(bytes, install(folder, from), copied);
  }

  private static long install(Path folder, Path from) throws Exception {
    Files.createDirectories(folder.resolve("outgoing"));
    try (FakeCluster cluster = FakeCluster.of(1);
        PeerChannels channels = new PeerChannels(PeerLinks.DIRECT);
        SnapshotLoans loans = loans(folder, from)) {
      cluster.node(0).snapshots =
          new SnapshotServing(
              loans, new ByteRate(0, System::nanoTime, Thread::sleep), new Semaphore(2));
      List<Member> members = List.of(cluster.node(0).member());
      RemoteSnapshots target =
          new RemoteSnapshots(
              channels,
              "somebody-else",
              () -> members,
              Disk.real(),
              (what, cause) -> {
                throw new IllegalStateException(what, cause);
              });
      SnapshotFetcher.Need any =
          new SnapshotFetcher.Need(GROUP, Optional.empty(), 0, LogPosition.START);
      long began = System.nanoTime();
      target.fetch(any, folder.resolve("live.staging"));
      return System.nanoTime() - began;
    }
  }

  private static SnapshotLoans loans(Path folder, Path from) {
    SnapshotLoans.Lender lender =
        new SnapshotLoans.Lender() {
          @Override
          public Optional<LogPosition> position(GroupName group) {
            return Optional.of(POSITION);
          }

          @Override
          public LentSnapshot lend(GroupName group) throws IOException {
            Path outgoing = Files.createDirectory(folder.resolve("outgoing/1"));
            for (Path file : Disk.real().list(from)) {
              Disk.real().link(file, outgoing.resolve(file.getFileName()));
            }
            return LentSnapshot.make(
                Disk.real(),
                outgoing,
                new NoLog(),
                () -> SnapshotSource.of(Disk.real(), outgoing, group, POSITION, Map.of()));
          }
        };
    return new SnapshotLoans(
        lender,
        new SnapshotLoans.Settings(Duration.ofMinutes(2), 2),
        System::nanoTime,
        new Random(1));
  }

  /** There is no log here. */
  private static final class NoLog implements LentSnapshot.Hold {
    @Override
    public boolean isHeld() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static void fill(Path folder, long bytes) throws IOException {
    Random random = new Random(1);
    byte[] block = new byte[1 << 20];
    for (long at = 0; at < bytes; at += PACK_BYTES) {
      try (OutputStream out =
          Files.newOutputStream(folder.resolve("pack-" + at / PACK_BYTES + ".pack"))) {
        for (long end = Math.min(bytes, at + PACK_BYTES), here = at; here < end; ) {
          random.nextBytes(block);
          int length = (int) Math.min(block.length, end - here);
          out.write(block, 0, length);
          here += length;
        }
      }
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " failed");
    }
  }
}
