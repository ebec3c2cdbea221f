package io.balsa.cli.fake;

import io.balsa.client.BalsaClient;
import io.balsa.client.Cluster;
import io.balsa.client.Datasets;
import io.balsa.client.Nodes;
import io.balsa.client.Objects;
import io.balsa.client.Transaction;
import io.balsa.client.Versions;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.ByteRange;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.CreatedVersion;
import io.balsa.client.model.DatasetSummary;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.Durability;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.Fenced;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.Listing;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.ObjectLayout;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Page;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadLevel;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.RefusedException;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.TransactionEntry;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The SDK over a store in memory, for tests of what is built on it. Thread-safe. */
public final class FakeBalsa implements BalsaClient {
  private final FakeStore store;
  private final FakeNodes nodes;
  private final ClientOptions options;
  private final ConcurrentLinkedQueue<Result<?>> next;

  private FakeBalsa(
      FakeStore store,
      FakeNodes nodes,
      ClientOptions options,
      ConcurrentLinkedQueue<Result<?>> next) {
    this.store = store;
    this.nodes = nodes;
    this.options = options;
    this.next = next;
  }

  /**
   * Makes clients of one store.
   *
   * @param next what becomes of the next writes: a yes lets one be, anything else goes instead of
   *     it
   */
  public static Function<ClientOptions, BalsaClient> over(
      FakeStore store, FakeNodes nodes, ConcurrentLinkedQueue<Result<?>> next) {
    return options -> new FakeBalsa(store, nodes, options, next);
  }

  private <T> Result<T> write(Supplier<T> change) {
    Result<?> instead = next.poll();
    return instead == null || instead.isYes()
        ? read(change)
        : instead.map(
            _ -> {
              throw new IllegalStateException("it was not a yes");
            });
  }

  private static <T> Result<T> read(Supplier<T> answer) {
    try {
      return Result.yes(answer.get());
    } catch (RefusedException e) {
      return Result.no(e.refusal());
    }
  }

  private static WriteReceipt receipt(long revision, WriteOptions options) {
    Durability durability = options.durability();
    return new WriteReceipt(revision, Optional.empty(), durability, durability, 1, revision);
  }

  private ReadReceipt receipt(ReadOptions read, Snapshot snapshot) {
    ReadLevel level =
        switch (read.consistency().orElse(null)) {
          case null ->
              snapshot instanceof Snapshot.AtVersion ? ReadLevel.PINNED : ReadLevel.LINEARIZABLE;
          case Consistency.Linearizable _ -> ReadLevel.LINEARIZABLE;
          case Consistency.Bounded _ -> ReadLevel.BOUNDED;
          case Consistency.AtLeast _ -> ReadLevel.AT_LEAST;
          case Consistency.Eventual _ -> ReadLevel.EVENTUAL;
        };
    Endpoint endpoint = read.node().orElse(options.endpoints().getFirst());
    return new ReadReceipt(
        nodes.name(endpoint), store.revision(), level, Optional.of(Duration.ofMillis(2)));
  }

  private static <T> Page<T> page(List<T> all, int size, String token) {
    int from = token.isEmpty() ? 0 : Integer.parseInt(token);
    int to = Math.min(all.size(), from + size);
    return new Page<>(
        all.subList(from, to),
        to < all.size() ? Optional.of(Integer.toString(to)) : Optional.empty());
  }

  @Override
  public Cluster cluster() {
    return nodes.cluster(store, options.endpoints());
  }

  @Override
  public Nodes nodes() {
    return nodes.nodes();
  }

  @Override
  public Result<Transaction> begin(String dataset, BeginOptions begin) {
    return write(() -> attach(dataset, store.begin(dataset)));
  }

  @Override
  public Transaction attach(String dataset, long id) {
    return new Open(dataset, id);
  }

  @Override
  public void close() {}

  @Override
  public Datasets datasets() {
    return new Datasets() {
      @Override
      public Result<WriteReceipt> create(String name, WriteOptions write) {
        return write(() -> receipt(store.create(name), write));
      }

      @Override
      public Result<Read<DatasetSummary>> get(String name, ReadOptions read) {
        return read(
            () -> new Read<>(summary(name, store.dataset(name)), receipt(read, Snapshot.head())));
      }

      @Override
      public Stream<DatasetSummary> list(ReadOptions read) {
        return store.datasets().entrySet().stream().map(e -> summary(e.getKey(), e.getValue()));
      }

      @Override
      public Result<Read<Page<DatasetSummary>>> page(int size, String token, ReadOptions read) {
        return read(
            () ->
                new Read<>(
                    FakeBalsa.page(list(read).toList(), size, token),
                    receipt(read, Snapshot.head())));
      }

      @Override
      public Result<WriteReceipt> delete(String name, WriteOptions write) {
        return write(() -> receipt(store.drop(name, false), write));
      }

      @Override
      public Result<WriteReceipt> deleteRecursively(String name, WriteOptions write) {
        return write(() -> receipt(store.drop(name, true), write));
      }

      @Override
      public Result<Fenced> fence(String name, WriteOptions write) {
        throw new UnsupportedOperationException();
      }

      private DatasetSummary summary(String name, FakeStore.Dataset dataset) {
        return new DatasetSummary(name, dataset.created, FakeStore.NOW, 0);
      }
    };
  }

  @Override
  public Versions versions() {
    return new Versions() {
      @Override
      public Result<CreatedVersion> create(NewVersion wanted, WriteOptions write) {
        OptionalLong revision =
            wanted.revision() == 0 ? OptionalLong.empty() : OptionalLong.of(wanted.revision());
        return write(
            () ->
                new CreatedVersion(
                    store.name(
                        wanted.dataset(),
                        wanted.name(),
                        revision,
                        wanted.message(),
                        wanted.parents()),
                    receipt(store.revision(), write)));
      }

      @Override
      public Result<WriteReceipt> delete(String dataset, String name, WriteOptions write) {
        return write(
            () -> {
              var _ = store.version(dataset, name);
              store.dataset(dataset).versions.remove(name);
              return receipt(store.revision(), write);
            });
      }

      @Override
      public Result<Read<VersionEntry>> get(String dataset, String name, ReadOptions read) {
        return read(() -> new Read<>(store.version(dataset, name), receipt(read, Snapshot.head())));
      }

      @Override
      public Stream<VersionEntry> list(String dataset, ReadOptions read) {
        return store.dataset(dataset).versions.values().stream();
      }

      @Override
      public Result<Read<Page<VersionEntry>>> page(
          String dataset, int size, String token, ReadOptions read) {
        return read(
            () ->
                new Read<>(
                    FakeBalsa.page(list(dataset, read).toList(), size, token),
                    receipt(read, Snapshot.head())));
      }
    };
  }

  @Override
  public Objects objects() {
    return new Direct();
  }

  private static byte[] bytes(Source source) throws IOException {
    try (InputStream in = source.open()) {
      return in.readAllBytes();
    }
  }

  private static Stored stored(FakeStore.Held held, WriteOptions write) {
    ObjectStat stat = held.stat();
    return new Stored(receipt(stat.revision(), write), stat.size(), stat.digest(), stat.size());
  }

  private final class Direct implements Objects {
    @Override
    public Result<Stored> put(String dataset, String path, Source source, PutOptions put)
        throws IOException {
      FakeStore.Staged staged = new FakeStore.Staged(Optional.of(bytes(source)), put.metadata());
      return write(() -> stored(store.put(dataset, path, staged, put.precondition()), put.write()));
    }

    @Override
    public Result<Read<ObjectStat>> get(
        String dataset, String path, GetOptions get, OutputStream to) throws IOException {
      Result<FakeStore.Held> held = read(() -> store.get(dataset, path, get.snapshot()));
      if (held instanceof Result.Yes<FakeStore.Held>(var found)) {
        ByteRange range = get.range();
        InputStream in = new ByteArrayInputStream(store.read(found));
        in.skipNBytes(range.offset());
        to.write(in.readNBytes(range.length() == 0 ? Integer.MAX_VALUE : (int) range.length()));
      }
      return held.map(found -> new Read<>(found.stat(), receipt(get.read(), get.snapshot())));
    }

    @Override
    public Result<Read<ObjectStat>> stat(
        String dataset, String path, Snapshot snapshot, ReadOptions read) {
      return read(
          () -> new Read<>(store.get(dataset, path, snapshot).stat(), receipt(read, snapshot)));
    }

    @Override
    public Result<Read<ObjectLayout>> layout(
        String dataset, String path, Snapshot snapshot, ReadOptions read) {
      return stat(dataset, path, snapshot, read)
          .map(
              found -> {
                ObjectStat stat = found.value();
                ChunkPlacement chunk = new ChunkPlacement(stat.digest(), (int) stat.size(), 2);
                return new Read<>(new ObjectLayout(stat, List.of(chunk)), found.receipt());
              });
    }

    @Override
    public Stream<ListEntry> list(String dataset, ListOptions list) {
      Set<ListEntry> entries = new LinkedHashSet<>();
      for (ObjectStat stat : store.list(dataset, list.snapshot())) {
        if (stat.path().startsWith(list.prefix())) {
          int slash = list.folded() ? stat.path().indexOf('/', list.prefix().length()) : -1;
          entries.add(
              slash < 0
                  ? new ListEntry.Found(stat)
                  : new ListEntry.Folder(stat.path().substring(0, slash + 1)));
        }
      }
      return entries.stream();
    }

    @Override
    public Result<Read<Listing>> page(String dataset, String token, ListOptions list) {
      return read(
          () -> {
            Page<ListEntry> page =
                FakeBalsa.page(list(dataset, list).toList(), list.pageSize(), token);
            Listing listing = new Listing(page, store.at(dataset, list.snapshot()));
            return new Read<>(listing, receipt(list.read(), list.snapshot()));
          });
    }

    @Override
    public Result<WriteReceipt> delete(String dataset, String path, DeleteOptions delete) {
      return write(
          () -> receipt(store.delete(dataset, path, delete.precondition()), delete.write()));
    }

    @Override
    public UploadSummary uploadFolder(
        String dataset, FolderUpload upload, UploadListener listener) {
      throw new UnsupportedOperationException();
    }
  }

  /** An open transaction. */
  private final class Open implements Transaction {
    private final String dataset;
    private final long id;
    private boolean ended;

    Open(String dataset, long id) {
      this.dataset = dataset;
      this.id = id;
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public String dataset() {
      return dataset;
    }

    @Override
    public Result<Stored> put(String path, Source source, PutOptions put) throws IOException {
      byte[] bytes = bytes(source);
      return write(
          () -> {
            store.stage(id, path, new FakeStore.Staged(Optional.of(bytes), put.metadata()));
            ObjectStat stat =
                new ObjectStat(
                    path,
                    bytes.length,
                    Sha256.of(bytes),
                    store.revision(),
                    FakeStore.NOW,
                    Map.of());
            return stored(new FakeStore.Held(stat, bytes), put.write());
          });
    }

    @Override
    public Result<WriteReceipt> delete(String path, DeleteOptions delete) {
      return write(
          () -> {
            store.stage(id, path, new FakeStore.Staged(Optional.empty(), Map.of()));
            return receipt(store.revision(), delete.write());
          });
    }

    @Override
    public UploadSummary uploadFolder(FolderUpload upload, UploadListener listener)
        throws IOException {
      List<Path> files;
      try (Stream<Path> all = Files.walk(upload.folder())) {
        files =
            all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                .sorted()
                .toList();
      }
      long bytes = 0;
      long count = 0;
      List<String> problems = new ArrayList<>();
      for (Path file : files) {
        String path = upload.prefix() + upload.folder().relativize(file);
        switch (put(path, Source.of(file), PutOptions.DEFAULT)) {
          case Result.Yes<Stored>(Stored stored) -> {
            bytes += stored.size();
            count++;
            listener.acknowledged(path, stored);
          }
          case Result.No<Stored>(var refusal) -> {
            problems.add(path + ": " + refusal);
            listener.refused(path, refusal);
          }
          case Result.Unknown<Stored> lost -> throw new IllegalStateException(lost.why());
        }
      }
      return new UploadSummary(count, bytes, bytes, problems.size(), 0, problems);
    }

    @Override
    public Result<WriteReceipt> publish(WriteOptions write) {
      ended = true;
      return write(() -> receipt(store.publish(dataset, id), write));
    }

    @Override
    public Result<WriteReceipt> abort() {
      store.abort(id);
      return Result.yes(receipt(store.revision(), WriteOptions.DEFAULT));
    }

    @Override
    public Result<Read<TransactionEntry>> status(ReadOptions read) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      if (!ended) {
        abort();
      }
    }
  }
}
