package io.balsa.service.neighbours;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Watermark;
import io.balsa.replica.FailStop;
import io.balsa.service.consensus.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an old copy of a node's data folder, which is consistent in itself, by what the other
 * members remember. Before its replicas open a node asks all others; what they remember goes into
 * the watermark, and a log that ends before it is taken away by the start's audit. Who does not
 * answer then is asked again until it does, and whoever starts later tells by itself, before it
 * opens replicas that could vote. A node that finds out once its replicas are open halts, and its
 * next start does the rest.
 *
 * <p>Members remember what was committed, so that an entry which a new leader took back is not
 * missed; and what they were told with the last beat, so an old copy that lacks less than a second
 * is not told.
 *
 * <p>Thread-safe.
 */
public final class Recollection {
  private static final Logger log = LoggerFactory.getLogger(Recollection.class);

  private final String selfPeerId;
  private final Watermark own;
  private final KeptMarks kept;
  private final Recall recall;
  private final Predicate<GroupName> isReturning;
  private final FailStop failStop;
  private final Map<String, Member> unheard = new ConcurrentHashMap<>();

  /** Replicas may be open: what is heard now comes too late for the audit. */
  @GuardedBy("this")
  private boolean opening;

  /**
   * Asks nobody yet.
   *
   * @param selfPeerId this node
   * @param own its watermark
   * @param kept for others, and for this node's next start
   * @param isReturning true for groups whose log is gone already and comes back from the leader
   * @param failStop ends the process
   */
  public Recollection(
      String selfPeerId,
      Watermark own,
      KeptMarks kept,
      Recall recall,
      Predicate<GroupName> isReturning,
      FailStop failStop) {
    this.selfPeerId = selfPeerId;
    this.own = own;
    this.kept = kept;
    this.recall = recall;
    this.isReturning = isReturning;
    this.failStop = failStop;
  }

  /** Raises the watermark, durably, to what others remember. No replica is open yet. */
  public void beforeOpening(Collection<Member> members) throws IOException {
    raise(kept.of(selfPeerId));
    List<CompletableFuture<Map<GroupName, Mark>>> answers = new ArrayList<>();
    for (Member member : members) {
      if (!member.peerId().equals(selfPeerId)) {
        unheard.put(member.peerId(), member);
        answers.add(ask(member).exceptionally(_ -> Map.of()));
      }
    }
    for (CompletableFuture<Map<GroupName, Mark>> answer : answers) {
      raise(answer.join());
    }
    synchronized (this) {
      opening = true;
    }
    own.force();
  }

  private CompletableFuture<Map<GroupName, Mark>> ask(Member member) throws IOException {
    return recall
        .ask(member, kept.of(member.peerId()))
        .whenComplete(
            (_, failure) -> {
              if (failure == null) {
                unheard.remove(member.peerId());
              }
            });
  }

  private synchronized void raise(Map<GroupName, Mark> remembered) {
    remembered.forEach(
        (group, mark) -> {
          if (isAhead(group, mark)) {
            own.set(group, own.mark(group).orElse(Mark.START).with(mark));
          }
        });
  }

  /** Where the own mark is lost the audit finds that, and must. */
  private boolean isAhead(GroupName group, Mark remembered) {
    return own.mark(group).filter(known -> isBehind(known, remembered)).isPresent()
        && !isReturning.test(group);
  }

  /** A replica that was taken in again has voted for itself in a term in which it voted before. */
  private boolean isBehind(Mark known, Mark remembered) {
    boolean votedAnew = known.votedFor().equals(selfPeerId) && known.term() == remembered.term();
    return known.isBehind(
        votedAnew ? new Mark(remembered.flushed(), known.term(), selfPeerId) : remembered);
  }

  /** Asks again who did not answer yet. For a member whose replicas are open. */
  public void askAgain() throws IOException {
    for (Member member : unheard.values()) {
      var _ = ask(member).thenAccept(marks -> told(member.peerId(), marks));
    }
  }

  /**
   * Another member says what it remembers. Where that is more than this node holds, it raises the
   * watermark before replicas open, and halts afterwards.
   */
  public synchronized void told(String peerId, Map<GroupName, Mark> remembered) {
    unheard.remove(peerId);
    if (!opening) {
      raise(remembered);
      return;
    }
    for (Map.Entry<GroupName, Mark> entry : remembered.entrySet()) {
      GroupName group = entry.getKey();
      if (isAhead(group, entry.getValue())) {
        log.atError()
            .addKeyValue(LogKeys.GROUP, group)
            .addKeyValue("here", own.mark(group))
            .addKeyValue("there", entry.getValue())
            .log("{} remembers more of this node's log than it holds", peerId);
        halt(peerId, remembered);
        return;
      }
    }
  }

  private void halt(String peerId, Map<GroupName, Mark> remembered) {
    IOException why = new IOException(peerId + " remembers more of its logs than they hold");
    try {
      kept.note(selfPeerId, remembered);
      kept.keep();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
    failStop.halt("the data folder is an old copy", why);
  }
}
