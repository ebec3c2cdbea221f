package io.balsa.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Packs.Notes;
import io.balsa.chunk.Packs.Stored;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PackStoreConcurrencyTest {
  private static final int WRITERS = 4;
  private static final int APPENDS = 100;

  @TempDir Path folder;

  @Test
  void writersSyncersAndReadersDoNotDisturbEachOther() throws Exception {
    PackOptions options = Packs.OPTIONS.withPackBytesMax(64 << 10).withOpenPacksMax(2);
    Queue<Stored> stored = new ConcurrentLinkedQueue<>();
    try (PackStore store = Packs.open(folder, options, new Notes());
        ExecutorService threads = Executors.newFixedThreadPool(2 * WRITERS)) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int seed = i;
        all.add(threads.submit(() -> write(store, stored, new Random(seed))));
        all.add(threads.submit(() -> read(store, stored)));
      }
      for (Future<Void> each : all) {
        each.get();
      }
    }
    Notes notes = new Notes();
    Packs.open(folder, options, notes).close();
    assertThat(notes.corrupt).isEmpty();
    assertThat(notes.locations)
        .containsExactlyInAnyOrderElementsOf(stored.stream().map(Stored::location).toList());
  }

  private static Void write(PackStore store, Queue<Stored> stored, Random random) throws Exception {
    for (int i = 0; i < APPENDS; i++) {
      stored.add(Packs.append(store, i, Packs.payload(random.nextInt(1, 4_000), random)));
      store.sync();
    }
    return null;
  }

  private static Void read(PackStore store, Queue<Stored> stored) throws Exception {
    while (stored.size() < WRITERS * APPENDS) {
      for (Stored chunk : stored) {
        assertThat(store.read(chunk.location(), chunk.id())).isEqualTo(chunk.payload());
      }
    }
    return null;
  }

  @Test
  void aForceThatBeganBeforeAnAppendDoesNotCoverIt() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (PackStore store = Packs.open(folder, Packs.OPTIONS.withDisk(disk), new Notes());
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Random random = new Random(1);
      Packs.append(store, 1, Packs.payload(100, random));
      int before = disk.syncs.get();
      disk.set(
          operation -> {
            if (operation.equals("sync") && began.getCount() > 0) {
              began.countDown();
              awaitUninterrupted(mayEnd);
            }
          });
      Future<Void> first = threads.submit(syncing(store));
      began.await();
      Packs.append(store, 2, Packs.payload(100, random)); // Appends run beside a force.
      Future<Void> second = threads.submit(syncing(store));
      mayEnd.countDown();
      first.get();
      second.get();
      assertThat(disk.syncs.get() - before).isEqualTo(2);
      store.sync();
      assertThat(disk.syncs.get() - before).as("nothing was left to force").isEqualTo(2);
    }
  }

  @Test
  void callersWhoWaitForTheSameForceShareIt() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    int callers = 8;
    try (PackStore store = Packs.open(folder, Packs.OPTIONS.withDisk(disk), new Notes());
        ExecutorService threads = Executors.newFixedThreadPool(callers + 1)) {
      Random random = new Random(1);
      Packs.append(store, 0, Packs.payload(100, random));
      int before = disk.syncs.get();
      disk.set(
          operation -> {
            if (operation.equals("sync") && began.getCount() > 0) {
              began.countDown();
              awaitUninterrupted(mayEnd);
            }
          });
      List<Future<Void>> all = new ArrayList<>();
      all.add(threads.submit(syncing(store)));
      began.await();
      for (int i = 1; i <= callers; i++) {
        Packs.append(store, i, Packs.payload(100, random));
        all.add(threads.submit(syncing(store)));
      }
      mayEnd.countDown();
      for (Future<Void> each : all) {
        each.get();
      }
      assertThat(disk.syncs.get() - before).isEqualTo(2);
    }
  }

  @Test
  void aRollThatWaitsForAForceThatFailsForcesNothing() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch mayFail = new CountDownLatch(1);
    PackOptions options = Packs.OPTIONS.withPackBytesMax(4_096).withDisk(disk);
    try (PackStore store = Packs.open(folder, options, new Notes());
        ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Random random = new Random(1);
      Packs.append(store, 1, Packs.payload(3_000, random));
      int before = disk.syncs.get();
      disk.set(
          operation -> {
            if (operation.equals("sync")) {
              began.countDown();
              awaitUninterrupted(mayFail);
              throw new IOException("EIO");
            }
          });
      Future<Void> failing = threads.submit(syncing(store));
      began.await();
      AtomicReference<Exception> thrown = new AtomicReference<>();
      Thread rolling =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      Packs.append(store, 2, Packs.payload(3_000, random));
                    } catch (IOException e) {
                      thrown.set(e);
                    }
                  });
      while (rolling.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      mayFail.countDown();
      assertThatThrownBy(failing::get).hasCauseInstanceOf(PackBroken.class);
      rolling.join();
      assertThat(thrown.get()).isInstanceOf(PackBroken.class);
      assertThat(disk.syncs.get() - before).isEqualTo(1);
      assertThat(store.files()).hasSize(1);
    }
  }

  private static Callable<Void> syncing(PackStore store) {
    return () -> {
      store.sync();
      return null;
    };
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
