package io.balsa.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.catalog.StateDigest;
import io.balsa.command.DigestMark;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.Sha256;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a replica noted of itself at the newest marks of its log, and whether it is in doubt: then
 * another replica noted something else, one of the two has diverged, and until it is known which
 * one, this one serves nothing, gives no snapshot and does not lead.
 *
 * <p>In memory only: after a restart there is nothing to compare with until the second mark.
 * Thread-safe.
 */
public final class DigestMarks {
  /** Marks that are remembered. */
  public static final int NOTED_MAX = 8;

  private static final Logger log = LoggerFactory.getLogger(DigestMarks.class);

  private final GroupName group;

  @GuardedBy("this")
  private final NavigableMap<Long, Sha256> noted = new TreeMap<>();

  private volatile Optional<Doubt> doubt = Optional.empty();

  /**
   * Two replicas noted different digests at a mark.
   *
   * @param index of the mark
   * @param why one line
   */
  public record Doubt(long index, String why) {}

  DigestMarks(GroupName group) {
    this.group = group;
  }

  /** Notes the digest behind a mark's entry, and compares the one before with its proposer's. */
  synchronized void note(long index, StateDigest digest, DigestMark mark) {
    mark.previous()
        .filter(previous -> noted.containsKey(previous.index()))
        .filter(previous -> !previous.digest().equals(noted.get(previous.index())))
        .ifPresent(previous -> doubt(previous.index(), "the leader's mark at " + index));
    noted.put(index, new Sha256(digest.a(), digest.b(), digest.c(), digest.d()));
    if (noted.size() > NOTED_MAX) {
      var _ = noted.pollFirstEntry();
    }
  }

  /** The newest marks with what was noted there, by index; a copy. */
  public synchronized NavigableMap<Long, Sha256> noted() {
    return new TreeMap<>(noted);
  }

  /** The newest mark, to be carried by the next one. */
  public synchronized Optional<DigestMark.Noted> newest() {
    return noted.isEmpty()
        ? Optional.empty()
        : Optional.of(new DigestMark.Noted(noted.lastKey(), noted.lastEntry().getValue()));
  }

  /** Present while the replica must not be believed. */
  public Optional<Doubt> doubt() {
    return doubt;
  }

  /** {@link StoreClosed} while the replica must not be believed. */
  void requireBelieved() throws StoreClosed {
    if (doubt.isPresent()) {
      throw new StoreClosed(group);
    }
  }

  /** Begins a doubt; a newer one takes an older one's place. */
  public synchronized void doubt(long index, String why) {
    if (doubt.isEmpty()) {
      log.atWarn()
          .addKeyValue(LogKeys.GROUP, group)
          .addKeyValue(LogKeys.INDEX, index)
          .addKeyValue("why", why)
          .log("replicas disagree: this one serves nothing until it is known which is right");
    }
    if (doubt.isEmpty() || doubt.get().index() < index) {
      doubt = Optional.of(new Doubt(index, why));
    }
  }

  /** Ends a doubt that began at or before an index: most replicas noted there what this one did. */
  public synchronized void settle(long index) {
    if (doubt.isPresent() && doubt.get().index() <= index) {
      doubt = Optional.empty();
      log.atInfo()
          .addKeyValue(LogKeys.GROUP, group)
          .addKeyValue(LogKeys.INDEX, index)
          .log("this replica agrees with most and serves again");
    }
  }

  /** Another store took the replica's place: what was noted is not about it. */
  synchronized void forget() {
    noted.clear();
    doubt = Optional.empty();
  }
}
