package io.balsa.cli.demo;

import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.local.Pace;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Listens to an upload, remembers what was acknowledged, and kills a node as soon as a third of the
 * bytes is: on the upload's own thread, so that the rest certainly comes after it.
 */
final class KillSwitch implements UploadListener {
  private final NodeProcess victim;
  private final Pace pace;
  private final long killAtBytes;
  private final Map<String, Stored> acknowledged = new ConcurrentHashMap<>();
  private long bytes;
  private volatile long killedNanos;
  private volatile long killedAtBytes;
  private volatile boolean killed;

  KillSwitch(NodeProcess victim, Pace pace, long bytesTotal) {
    this.victim = victim;
    this.pace = pace;
    this.killAtBytes = bytesTotal / 3;
  }

  @Override
  public void acknowledged(String path, Stored stored) {
    acknowledged.put(path, stored);
    bytes += stored.size();
    if (!killed && bytes >= killAtBytes) {
      killedAtBytes = bytes;
      killedNanos = pace.now();
      victim.kill();
      killed = true;
    }
  }

  /** When the signal was sent; empty before that. */
  OptionalLong killedNanos() {
    return killed ? OptionalLong.of(killedNanos) : OptionalLong.empty();
  }

  /** How many bytes were acknowledged before. */
  long killedAtBytes() {
    return killedAtBytes;
  }

  /** What was acknowledged, by path. */
  Map<String, Stored> acknowledged() {
    return Map.copyOf(acknowledged);
  }
}
