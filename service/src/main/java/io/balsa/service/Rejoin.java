package io.balsa.service;

import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.RatisNode;
import io.balsa.service.consensus.ReplicaChanges;
import io.balsa.service.consensus.ReplicaChanges.Change;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a replica that lost its log back into its group: asks whoever leads, again and again,
 * until it is done. Each step may be repeated after a crash. One thread.
 */
final class Rejoin {
  private static final Logger log = LoggerFactory.getLogger(Rejoin.class);
  private static final Duration ASK_MAX = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final GroupName group;
  private final RatisNode ratis;
  private final ReplicaChanges.Asking asking;
  private final Consumer<String> waits;
  private String told = "";

  /**
   * Does nothing yet.
   *
   * @param waits told what it waits for, ready to be put behind the reason
   */
  Rejoin(GroupName group, RatisNode ratis, ReplicaChanges.Asking asking, Consumer<String> waits) {
    this.group = group;
    this.ratis = ratis;
    this.asking = asking;
    this.waits = waits;
  }

  /**
   * Has the replica taken out of the configuration.
   *
   * @return a committed entry behind the removal
   */
  LogPosition beRemoved() throws InterruptedException {
    return ask(Change.REMOVE);
  }

  /**
   * Has the replica taken in, and waits until it knows that itself.
   *
   * @param index of an entry that it must have; all that was committed before it is in front of it
   */
  void beAdded(long index) throws InterruptedException {
    LogPosition at = ask(Change.ADD);
    while (!ratis.isVoterAt(group, Math.max(index, at.index()))) {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      at = ask(Change.ADD);
    }
  }

  private LogPosition ask(Change change) throws InterruptedException {
    List<Member> others =
        ratis.founders().stream()
            .filter(member -> !member.peerId().equals(ratis.selfPeerId()))
            .toList();
    while (true) {
      for (Member member : others) {
        switch (asking.ask(member, group, change, ASK_MAX)) {
          case Outcome.Committed<LogPosition>(LogPosition at, var _) -> {
            ratis.hint(group, member);
            return at;
          }
          case Outcome.NotLeader<LogPosition> _ -> tell("; it waits for a leader of the group");
          case Outcome.Overloaded<LogPosition> _ -> tell("; the leader is overloaded");
          case Outcome.Unknown<LogPosition>(String why) -> tell("; it waits: " + why);
        }
      }
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    }
  }

  private void tell(String why) {
    waits.accept(why);
    if (!why.equals(told)) {
      told = why;
      log.atInfo().addKeyValue(LogKeys.GROUP, group).log("the replica is not back yet{}", why);
    }
  }
}
