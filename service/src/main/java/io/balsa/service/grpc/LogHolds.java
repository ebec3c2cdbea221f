package io.balsa.service.grpc;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.HoldLogRequest;
import io.balsa.model.GroupName;
import io.balsa.service.consensus.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has all other members keep a group's log while a snapshot is fetched, from whomever: whoever
 * leads when it is installed must still have the entries behind it, else it would have to be
 * fetched again, and again. A thread of its own while it is open.
 */
final class LogHolds implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogHolds.class);

  /** How long a member holds its log after it was asked. */
  static final Duration HELD = Duration.ofMinutes(1);

  private static final Duration REPEAT = Duration.ofSeconds(15);
  private static final Duration ANSWER_WAIT_MAX = Duration.ofSeconds(1);

  private final PeerChannels channels;
  private final List<Member> members;
  private final GroupName group;
  private final Thread thread;

  /** Asks all members once before it returns; those that do not answer are asked again later. */
  LogHolds(PeerChannels channels, List<Member> members, GroupName group)
      throws InterruptedException {
    this.channels = channels;
    this.members = List.copyOf(members);
    this.group = group;
    ask();
    thread = Thread.ofVirtual().name("balsa-log-holds-" + group).start(this::repeat);
  }

  private void repeat() {
    try {
      while (true) {
        Thread.sleep(REPEAT);
        ask();
      }
    } catch (InterruptedException e) {
      log.debug("the logs of {} are not held any longer", group);
    }
  }

  private void ask() throws InterruptedException {
    HoldLogRequest request = HoldLogRequest.newBuilder().setGroup(group.text()).build();
    List<Future<?>> answers = new ArrayList<>();
    for (Member member : members) {
      answers.add(
          ClusterGrpc.newFutureStub(channels.to(member.clientAddress()))
              .withDeadlineAfter(ANSWER_WAIT_MAX)
              .holdLog(request));
    }
    for (Future<?> answer : answers) {
      try {
        answer.get(2 * ANSWER_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        log.debug("a member does not hold the log of {}", group, e);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
