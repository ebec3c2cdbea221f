package io.balsa.service.grpc;

import io.balsa.api.v1.FetchSnapshotRequest;
import io.balsa.api.v1.FetchSnapshotResponse;
import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogKeys;
import io.balsa.replica.FailStop;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.service.consensus.Member;
import io.balsa.snapshot.CorruptSnapshot;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotProgress;
import io.balsa.snapshot.SnapshotReceiver;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches snapshots by {@code Cluster.FetchSnapshot}: from any member that has what is needed, the
 * leader last, since it has the most to do. A transfer that breaks off goes on where it was, after
 * a restart of this node, too. Thread-safe for different groups.
 */
public final class RemoteSnapshots implements SnapshotFetcher {
  private static final Logger log = LoggerFactory.getLogger(RemoteSnapshots.class);

  /** Transfers in a row from one source that bring nothing. */
  private static final int VAIN_TRIES_MAX = 5;

  /** After the first of them; each later one is twice as long. */
  private static final long VAIN_PAUSE_MILLIS = 200;

  /** What a transfer leaves free for everybody else. */
  private static final long FREE_BYTES_MIN = 64L << 20;

  private final PeerChannels channels;
  private final String selfPeerId;
  private final Supplier<List<Member>> members;
  private final Disk disk;
  private final FailStop failStop;
  private final ConcurrentMap<GroupName, SnapshotProgress> progress = new ConcurrentHashMap<>();

  /**
   * Fetches nothing yet.
   *
   * @param selfPeerId is not asked
   * @param members whom to ask; may know none while the node starts
   * @param disk where the snapshots go
   * @param failStop told when the disk fails
   */
  public RemoteSnapshots(
      PeerChannels channels,
      String selfPeerId,
      Supplier<List<Member>> members,
      Disk disk,
      FailStop failStop) {
    this.channels = channels;
    this.selfPeerId = selfPeerId;
    this.members = members;
    this.disk = disk;
    this.failStop = failStop;
  }

  /** What is on its way now. */
  public List<SnapshotProgress> progress() {
    return List.copyOf(progress.values());
  }

  @Override
  public SnapshotManifest fetch(Need need, Path staging) throws IOException, InterruptedException {
    Optional<SnapshotManifest> known =
        SnapshotReceiver.whole(disk, staging)
            .filter(whole -> whole.group().equals(need.group()))
            .filter(whole -> need.isMetBy(whole.position()));
    if (known.isPresent()) {
      return known.get();
    }
    List<Member> sources = sources(need);
    IOException failure = new IOException("no member gave a snapshot of " + need.group());
    try (LogHolds _ = new LogHolds(channels, sources, need.group())) {
      for (Member source : sources) {
        try {
          return fetch(source, need, staging);
        } catch (SnapshotCall.Broken | CorruptSnapshot e) {
          failure.addSuppressed(new IOException(source.nodeId() + ": " + e.getMessage(), e));
        }
      }
    } finally {
      progress.remove(need.group());
    }
    throw failure;
  }

  /** All other members, the leader last. */
  private List<Member> sources(Need need) {
    List<Member> sources = new ArrayList<>();
    for (Member member : members.get()) {
      if (need.leaderPeerId().filter(member.peerId()::equals).isPresent()) {
        sources.addLast(member);
      } else if (!member.peerId().equals(selfPeerId)) {
        sources.addFirst(member);
      }
    }
    return sources;
  }

  private SnapshotManifest fetch(Member source, Need need, Path staging)
      throws IOException, InterruptedException {
    Offer offer = offer(source, need);
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(disk, staging, offer.manifest)) {
      long lacking = offer.manifest.bytes() - receiver.bytesDone();
      requireSpace(staging, lacking);
      log.atInfo()
          .addKeyValue(LogKeys.GROUP, need.group())
          .addKeyValue("source", source.nodeId())
          .addKeyValue(LogKeys.INDEX, offer.manifest.position().index())
          .addKeyValue(LogKeys.BYTES, lacking)
          .log("fetching a snapshot");
      receiveAll(source, offer, receiver);
      receiver.finish();
      return offer.manifest;
    } catch (CorruptSnapshot | SnapshotCall.Broken e) {
      throw e;
    } catch (ClosedChannelException e) {
      // An interrupt closes the file that is being written.
      InterruptedException interrupted = new InterruptedException("while receiving a snapshot");
      interrupted.initCause(e);
      throw interrupted;
    } catch (IOException e) {
      failStop.halt("cannot write a snapshot to " + staging, e);
      throw e;
    }
  }

  /**
   * A snapshot that a member lends.
   *
   * @param id under which it is found again
   * @param manifest what it consists of
   */
  private record Offer(String id, SnapshotManifest manifest) {}

  private Offer offer(Member source, Need need) throws IOException, InterruptedException {
    FetchSnapshotRequest request =
        FetchSnapshotRequest.newBuilder()
            .setGroup(need.group().text())
            .setNeed(SnapshotWishes.toWire(need))
            .setManifestOnly(true)
            .build();
    try (SnapshotCall call = call(source, request)) {
      FetchSnapshotResponse first = call.manifest();
      SnapshotManifest manifest =
          SnapshotManifest.decode(first.getManifest().asReadOnlyByteBuffer());
      if (!manifest.group().equals(need.group())) {
        throw new CorruptSnapshot("it sends a snapshot of " + manifest.group());
      }
      if (!need.isMetBy(manifest.position())) {
        throw new CorruptSnapshot("its snapshot ends at " + manifest.position() + ", too early");
      }
      return new Offer(first.getSnapshotId(), manifest);
    }
  }

  private static void requireSpace(Path staging, long lacking)
      throws IOException, SnapshotCall.Broken {
    long free = Files.getFileStore(staging).getUsableSpace();
    if (lacking > free - FREE_BYTES_MIN) {
      throw new SnapshotCall.Broken(
          "it has %d bytes to send, and %d are free here".formatted(lacking, free));
    }
  }

  private void receiveAll(Member source, Offer offer, SnapshotReceiver receiver)
      throws IOException, InterruptedException {
    for (int vain = 0; !receiver.missing().files().isEmpty(); ) {
      long before = receiver.bytesDone();
      try {
        receive(source, offer, receiver);
      } catch (SnapshotCall.Broken e) {
        vain = receiver.bytesDone() > before ? 0 : vain + 1;
        if (e.isFinal() || vain == VAIN_TRIES_MAX) {
          throw e;
        }
        Thread.sleep(VAIN_PAUSE_MILLIS << vain);
      }
    }
  }

  private void receive(Member source, Offer offer, SnapshotReceiver receiver)
      throws IOException, InterruptedException {
    SnapshotReceiver.Missing missing = receiver.missing();
    SnapshotManifest manifest = offer.manifest;
    FetchSnapshotRequest request =
        FetchSnapshotRequest.newBuilder()
            .setGroup(manifest.group().text())
            .setSnapshotId(offer.id)
            .addAllFiles(missing.files())
            .setOffset(missing.offset())
            .build();
    ProgressLines lines = new ProgressLines(System::nanoTime);
    try (SnapshotCall call = call(source, request)) {
      for (var next = call.block(); next.isPresent(); next = call.block()) {
        var block = next.get();
        receiver.accept(block.getPath(), block.getOffset(), block.getData().asReadOnlyByteBuffer());
        SnapshotProgress now =
            new SnapshotProgress(
                manifest.group(), source.nodeId(), receiver.bytesDone(), manifest.bytes());
        progress.put(manifest.group(), now);
        lines.log(now);
      }
    } catch (InvalidField e) {
      throw new CorruptSnapshot("it sends what it was not asked for: " + e.getMessage());
    }
  }

  private SnapshotCall call(Member source, FetchSnapshotRequest request) {
    return new SnapshotCall(channels.to(source.clientAddress()), request);
  }

  /** Says every few seconds how far a transfer is. */
  private static final class ProgressLines {
    private static final long BETWEEN_NANOS = 5_000_000_000L;
    private final LongSupplier nanoTime;
    private long saidNanos;

    ProgressLines(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      saidNanos = nanoTime.getAsLong();
    }

    void log(SnapshotProgress now) {
      if (nanoTime.getAsLong() - saidNanos >= BETWEEN_NANOS) {
        saidNanos = nanoTime.getAsLong();
        log.atInfo()
            .addKeyValue(LogKeys.GROUP, now.group())
            .addKeyValue("source", now.source())
            .addKeyValue("bytes_done", now.bytesDone())
            .addKeyValue("bytes_total", now.bytesTotal())
            .log("a snapshot is on its way");
      }
    }
  }
}
