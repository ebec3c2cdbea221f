package io.balsa.service.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.LogPosition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * A log whose entries wait until the test answers them. An item is a word; its answer is the word
 * with "!". Thread-safe.
 */
final class FakeLog implements Proposer.Log<String, String> {
  static final Member OTHER = new Member("n2", "n2.00", "h:2", "h:3");
  static final RaftGroupMemberId SELF =
      RaftGroupMemberId.valueOf(RaftPeerId.valueOf("n1.00"), RaftGroupId.randomId());

  private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
  volatile boolean leads = true;
  volatile boolean failsToSubmit;

  /** An entry that was appended, and its answer to come. */
  record Entry(List<String> items, CompletableFuture<RaftClientReply> reply) {
    /** Ratis answers that it was applied at an index. */
    void apply(long index) {
      String text = index + " " + String.join(",", items);
      reply.complete(success(text));
    }

    /** Ratis answers with bytes that nobody understands. */
    void applyWithRubbish() {
      reply.complete(success("rubbish"));
    }

    private static RaftClientReply success(String text) {
      return answer().setSuccess().setMessage(Message.valueOf(text)).build();
    }

    /** Ratis refuses it. */
    void refuse(RaftException why) {
      reply.complete(answer().setException(why).build());
    }

    private static RaftClientReply.Builder answer() {
      return RaftClientReply.newBuilder()
          .setClientId(ClientId.randomId())
          .setServerId(SELF)
          .setCallId(1);
    }
  }

  /** The next entry; waits for it. */
  Entry next() throws InterruptedException {
    Entry entry = entries.poll(30, TimeUnit.SECONDS);
    assertThat(entry).as("an entry within 30 s").isNotNull();
    return entry;
  }

  /** True where no entry waits that {@link #next} has not taken. */
  boolean isQuiet() {
    return entries.isEmpty();
  }

  @Override
  public boolean isLeader() {
    return leads;
  }

  @Override
  public Optional<Member> leader() {
    return Optional.of(OTHER);
  }

  @Override
  public ByteString encode(List<String> items) {
    return ByteString.copyFromUtf8(String.join(",", items));
  }

  @Override
  public CompletableFuture<RaftClientReply> submit(ByteString entry) {
    if (failsToSubmit) {
      throw new IllegalStateException("the replica is gone");
    }
    Entry appended = new Entry(words(entry.toStringUtf8()), new CompletableFuture<>());
    entries.add(appended);
    return appended.reply;
  }

  @Override
  public Proposer.Reply<String> decode(ByteString reply) {
    String[] parts = reply.toString(StandardCharsets.UTF_8).split(" ", -1);
    return new Proposer.Reply<>(
        new LogPosition(1, Long.parseLong(parts[0])),
        words(parts[1]).stream().map(word -> word + "!").toList());
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
  }
}
