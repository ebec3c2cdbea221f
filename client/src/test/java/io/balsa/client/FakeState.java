package io.balsa.client;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.ChangeRejection;
import io.balsa.api.v1.ChangeResult;
import io.balsa.api.v1.ObjectChange;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.WriteReceipt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** What a fake cluster holds: one truth for all of its nodes. */
final class FakeState {
  final Map<ByteString, ByteString> chunks = new ConcurrentHashMap<>();
  final AtomicLong chunkBytesStored = new AtomicLong();
  // Object bytes, by path: the put that made it.
  final Map<String, ObjectPut> objects = new ConcurrentSkipListMap<>();
  final List<String> requestIds = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  // Replaces stored bytes by nothing, for objects that would fill the heap of the test.
  volatile boolean forgetful;
  // So many paths lose their chunks before their first commit.
  int failCommitsWithMissingChunk;
  private final Set<String> failedOnce = new HashSet<>();
  private final Map<String, ChangeResult> replies = new ConcurrentHashMap<>();
  private long revision;

  synchronized WriteReceipt happen(String requestId, String event) {
    requestIds.add(requestId);
    return replies
        .computeIfAbsent(
            requestId,
            id -> {
              events.add(event);
              return ChangeResult.newBuilder().setReceipt(receipt()).build();
            })
        .getReceipt();
  }

  synchronized ChangeResult commit(ObjectChange change) {
    requestIds.add(change.getRequestId());
    return replies.computeIfAbsent(change.getRequestId(), id -> decide(change));
  }

  private ChangeResult decide(ObjectChange change) {
    boolean missing =
        change.getPut().getChunksList().stream().anyMatch(c -> !chunks.containsKey(c.getId()));
    if (failCommitsWithMissingChunk > 0 && failedOnce.add(change.getPath())) {
      failCommitsWithMissingChunk--;
      change.getPut().getChunksList().forEach(c -> chunks.remove(c.getId()));
      missing = true;
    }
    if (missing) {
      return ChangeResult.newBuilder()
          .setRejection(ChangeRejection.newBuilder().setCode(9).setReason("CHUNK_MISSING"))
          .build();
    }
    objects.put(change.getPath(), change.getPut());
    events.add("put " + change.getPath());
    return ChangeResult.newBuilder().setReceipt(receipt()).build();
  }

  private WriteReceipt receipt() {
    return WriteReceipt.newBuilder().setRevision(++revision).setTerm(1).setIndex(revision).build();
  }

  synchronized long count(String event) {
    return events.stream().filter(event::equals).count();
  }

  synchronized List<String> requestIds() {
    return List.copyOf(requestIds);
  }

  void store(ByteString id, ByteString data) {
    chunks.put(id, forgetful ? ByteString.EMPTY : data);
    chunkBytesStored.addAndGet(data.size());
  }

  ByteString bytes(ObjectPut object) {
    ByteString all = ByteString.EMPTY;
    for (var chunk : object.getChunksList()) {
      all = all.concat(chunks.get(chunk.getId()));
    }
    return all;
  }
}
