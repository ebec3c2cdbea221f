package io.balsa.service;

import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.Sha256;
import io.balsa.raftlog.Mark;
import io.balsa.replica.GroupStateMachine;
import io.balsa.service.consensus.DigestMarker;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.RatisNode;
import io.balsa.service.disk.DiskReport;
import io.balsa.service.neighbours.Beat;
import io.balsa.service.neighbours.BeatSender;
import io.balsa.service.neighbours.DigestJury;
import io.balsa.service.neighbours.LeaderDuty;
import io.balsa.service.neighbours.Neighbours;
import io.balsa.service.neighbours.Recollection;
import io.balsa.service.observe.Health;
import io.balsa.service.observe.NodeProblem;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member among the others: tells them how it is, compares its replicas' digests with theirs, and
 * gives leaderships away that it should not hold. For the one thread that looks.
 */
final class MemberWatch {
  private static final Logger log = LoggerFactory.getLogger(MemberWatch.class);
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(3);

  private final Parts parts;
  private final Ties ties;
  private final LeaderDuty duty = new LeaderDuty();
  private final AtomicBoolean handingOver = new AtomicBoolean();
  private final AtomicBoolean handedOver = new AtomicBoolean();
  private Set<GroupName> doubted = Set.of();
  private DiskReport.Level toldLevel = DiskReport.Level.ROOMY;
  private long toldFreeBytes;
  private Optional<Long> beatAtNanos = Optional.empty();
  private boolean condemned;

  /**
   * What it looks at.
   *
   * @param self this node
   * @param clusterId its cluster
   * @param ratis for who leads, and to hand over
   * @param members of the cluster, with this node
   * @param replicas this node's
   * @param marker asked for marks
   * @param logs what the logs hold for good
   * @param recollection of the others
   */
  record Parts(
      Member self,
      String clusterId,
      RatisNode ratis,
      Supplier<Collection<Member>> members,
      List<GroupStateMachine> replicas,
      DigestMarker marker,
      Supplier<Map<GroupName, Mark>> logs,
      Recollection recollection) {}

  /**
   * How it reaches the others.
   *
   * @param neighbours what they told
   * @param sender tells them
   * @param health this node's
   * @param executor one virtual thread a task
   */
  record Ties(Neighbours neighbours, BeatSender sender, Health health, Executor executor) {}

  MemberWatch(Parts parts, Ties ties) {
    this.parts = parts;
    this.ties = ties;
  }

  /**
   * Looks once; a few times a second.
   *
   * @param own this node's disk
   */
  void look(DiskReport own, long nowNanos) throws IOException {
    Map<String, Beat> beats = ties.neighbours.fresh();
    judge(beats);
    boolean beatIsDue = beatAtNanos.isEmpty() || nowNanos - beatAtNanos.get() >= BEAT.toNanos();
    if (beatIsDue || isNews(own)) {
      beat(own);
    }
    if (beatIsDue) {
      beatAtNanos = Optional.of(nowNanos);
      lead(own, beats, nowNanos);
      parts.recollection.askAgain();
    }
    parts.marker.look(
        nowNanos, replica -> beats.values().stream().anyMatch(beat -> wantsMark(beat, replica)));
  }

  /** A member that is in doubt, or that has restarted and could not be compared yet. */
  private static boolean wantsMark(Beat beat, GroupStateMachine replica) {
    return replica
            .digests()
            .newest()
            .filter(newest -> !beat.notedIn(replica.name()).containsKey(newest.index()))
            .isPresent()
        || beat.problems().stream()
            .map(NodeProblem::code)
            .anyMatch(Health.Trouble.REPLICA_IN_DOUBT.name()::equals);
  }

  private void judge(Map<String, Beat> beats) {
    for (GroupStateMachine replica : parts.replicas) {
      if (!condemned && parts.ratis.isOpen(replica.name())) {
        Set<String> others =
            parts.ratis.voters(replica.name()).stream()
                .map(Member::peerId)
                .filter(peerId -> !peerId.equals(parts.self.peerId()))
                .collect(Collectors.toSet());
        condemned = DigestJury.judge(replica, others, beats);
      }
    }
    doubted =
        parts.replicas.stream()
            .filter(GroupStateMachine::isFenced)
            .map(GroupStateMachine::name)
            .collect(Collectors.toSet());
    if (doubted.isEmpty()) {
      ties.health.clear(Health.Trouble.REPLICA_IN_DOUBT);
    } else {
      boolean isNew =
          ties.health.note(
              Health.Trouble.REPLICA_IN_DOUBT,
              "replicas of "
                  + doubted.stream().map(GroupName::text).sorted().collect(Collectors.joining(", "))
                  + " differ from others and serve nothing until a majority tells which are right");
      if (isNew) {
        beatAtNanos = Optional.empty(); // The others judge by what this node tells.
      }
    }
  }

  /** What others act on must not wait for the next second. */
  private boolean isNews(DiskReport own) {
    return own.level() != toldLevel
        || Math.abs(own.freeBytes() - toldFreeBytes) > own.neededBytes() / 8;
  }

  private void beat(DiskReport own) {
    toldLevel = own.level();
    toldFreeBytes = own.freeBytes();
    Map<GroupName, Map<Long, Sha256>> digests = new HashMap<>();
    parts.replicas.forEach(
        replica -> digests.put(replica.name(), Map.copyOf(replica.digests().noted())));
    Beat beat =
        new Beat(
            parts.clusterId,
            parts.self.peerId(),
            own,
            digests,
            ties.health.problems(),
            parts.logs.get());
    for (Member member : parts.members.get()) {
      if (!member.peerId().equals(parts.self.peerId())) {
        ties.sender.send(member, beat);
      }
    }
  }

  private void lead(DiskReport own, Map<String, Beat> beats, long nowNanos) {
    Set<String> voters =
        parts.members.get().stream().map(Member::peerId).collect(Collectors.toSet());
    Map<String, DiskReport> disks = new HashMap<>();
    beats.forEach(
        (peerId, beat) -> {
          if (voters.contains(peerId)) {
            disks.put(peerId, beat.disk());
          }
        });
    if (handedOver.getAndSet(false)) {
      duty.handedOver(nowNanos);
    }
    Optional<LeaderDuty.HandOver> due = duty.look(own, disks, voters.size(), nowNanos);
    if (duty.isSlow()) {
      ties.health.note(
          Health.Trouble.DISK_SLOW,
          "small forced writes take %d ms, far longer than on other members: look at the disk"
              .formatted(own.forceLatency().toMillis()));
    } else {
      ties.health.clear(Health.Trouble.DISK_SLOW);
    }
    boolean leads = parts.ratis.groups().stream().anyMatch(parts.ratis::isElected);
    if (leads
        && (due.isPresent() || !doubted.isEmpty())
        && handingOver.compareAndSet(false, true)) {
      List<GroupName> inDoubt = List.copyOf(doubted);
      ties.executor.execute(() -> handOver(due, inDoubt));
    }
  }

  private void handOver(Optional<LeaderDuty.HandOver> due, List<GroupName> inDoubt) {
    try {
      inDoubt.stream()
          .filter(parts.ratis::isElected)
          .forEach(group -> parts.ratis.handOver(group, TRANSFER_TIMEOUT));
      if (due.isPresent()) {
        int groups = parts.ratis.handOverTo(due.get().peerId(), TRANSFER_TIMEOUT);
        handedOver.set(groups > 0);
        log.atWarn()
            .addKeyValue(LogKeys.LEADER, due.get().peerId())
            .addKeyValue("groups", groups)
            .addKeyValue("why", due.get().why())
            .log("leaderships are handed over");
      }
    } catch (RuntimeException e) {
      log.warn("could not hand leaderships over", e);
    } finally {
      handingOver.set(false);
    }
  }
}
