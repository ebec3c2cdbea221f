package io.balsa.cli.transfer;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.Listing;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Gets everything below a prefix into a folder, several files at a time, all of one revision: that
 * of the listing. Files that are there already and not in the dataset stay. Thread-safe.
 *
 * @param client of the cluster
 * @param dataset the dataset's name
 * @param prefix empty or ending with '/'
 * @param snapshot which state of the dataset
 * @param read how fresh, and from where
 */
public record FolderFetch(
    BalsaClient client, String dataset, String prefix, Snapshot snapshot, ReadOptions read) {
  private static final int LANES = 8;

  /** Is told of the progress, by several threads. */
  @FunctionalInterface
  public interface Listener {
    /** So many more files are there, and so many more bytes. */
    void advanced(long files, long bytes);
  }

  /**
   * What was fetched.
   *
   * @param files how many files
   * @param bytes bytes of those
   * @param receipt of the listing
   */
  public record Fetched(long files, long bytes, ReadReceipt receipt) {}

  /**
   * Gets everything.
   *
   * @param folder is made where it is not there
   * @throws IOException a file cannot be written, or what came is wrong; files that were complete
   *     stay
   * @throws io.balsa.client.model.RefusedException something cannot be had
   */
  public Fetched into(Path folder, Listener listener) throws IOException, InterruptedException {
    ListOptions options = ListOptions.DEFAULT.at(snapshot).withPrefix(prefix).with(read);
    FileFetch files = new FileFetch(client.objects(), dataset);
    long count = 0;
    long bytes = 0;
    try (Lanes lanes = new Lanes("balsa-get", LANES)) {
      Read<Listing> page = client.objects().page(dataset, "", options).orElseThrow();
      ReadReceipt receipt = page.receipt();
      GetOptions get = getOptions(page.value().revision());
      while (true) {
        for (ListEntry entry : page.value().page().items()) {
          if (entry instanceof ListEntry.Found(ObjectStat object)) {
            count++;
            bytes += object.size();
            begin(lanes, files, object, get, new Target(folder, listener));
          }
        }
        Optional<String> next = page.value().page().next();
        if (next.isEmpty() || lanes.hasFailed()) {
          break;
        }
        page = client.objects().page(dataset, next.get(), options).orElseThrow();
      }
      lanes.join();
      return new Fetched(count, bytes, receipt);
    }
  }

  /** Where to, and who is told. */
  private record Target(Path folder, Listener listener) {}

  private void begin(Lanes lanes, FileFetch files, ObjectStat object, GetOptions get, Target target)
      throws IOException, InterruptedException {
    Path file = below(target.folder(), object.path().substring(prefix.length()));
    lanes.begin(
        () -> {
          Files.createDirectories(file.resolveSibling(""));
          files.get(object.path(), get, file, bytes -> target.listener().advanced(0, bytes));
          target.listener().advanced(1, 0);
        });
  }

  private GetOptions getOptions(long revision) {
    if (!(snapshot instanceof Snapshot.Head)) {
      return GetOptions.DEFAULT.at(snapshot).with(read);
    }
    // The listing was as fresh as was asked for; its files need only be of the same revision.
    return GetOptions.DEFAULT
        .at(Snapshot.atRevision(revision))
        .with(read.withConsistency(Consistency.atLeast(revision)));
  }

  /**
   * A file below a folder. The cluster allows no path that leaves a folder; this does not rely on
   * it.
   */
  static Path below(Path folder, String relative) throws IOException {
    try {
      Path root = folder.toAbsolutePath().normalize();
      Path file = root.resolve(relative).normalize();
      if (!file.startsWith(root) || file.equals(root)) {
        throw new IOException("path='" + relative + "' leaves the folder");
      }
      return file;
    } catch (InvalidPathException e) {
      throw new IOException("path='" + relative + "' cannot be the name of a file here", e);
    }
  }
}
