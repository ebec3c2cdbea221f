package io.balsa.cli.transfer;

import io.balsa.client.BalsaClient;
import io.balsa.client.Transaction;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.Durability;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Deletes everything below a prefix at one revision. What is put there meanwhile may stay.
 * Thread-safe.
 *
 * @param client of the cluster
 * @param dataset the dataset's name
 * @param prefix empty or ending with '/'
 * @param durability what each acknowledgement must prove
 */
public record FolderRemove(
    BalsaClient client, String dataset, String prefix, Durability durability) {
  private static final int LANES = 16;

  /**
   * It is done.
   *
   * @param objects how many are deleted
   * @param receipt of the publish
   */
  public record Removed(long objects, WriteReceipt receipt) {}

  /**
   * Deletes.
   *
   * @return empty where there was nothing
   * @throws FolderPublish.PublishUnknown it may have happened
   * @throws IOException as the former
   * @throws io.balsa.client.model.BalsaException nothing was deleted
   */
  public Optional<Removed> run() throws IOException, InterruptedException {
    WriteOptions write = WriteOptions.DEFAULT.withDurability(durability);
    DeleteOptions delete = DeleteOptions.DEFAULT.with(write);
    try (Stream<ListEntry> entries =
        client.objects().list(dataset, ListOptions.DEFAULT.withPrefix(prefix))) {
      Iterator<ListEntry> each = entries.iterator();
      if (!each.hasNext()) {
        return Optional.empty();
      }
      long objects = 0;
      try (Transaction transaction = client.begin(dataset, BeginOptions.DEFAULT).orElseThrow();
          Lanes lanes = new Lanes("balsa-rm", LANES)) {
        for (; each.hasNext() && !lanes.hasFailed(); objects++) {
          String path = each.next().path();
          lanes.begin(() -> staged(transaction, path, delete));
        }
        lanes.join();
        return Optional.of(new Removed(objects, FolderPublish.publish(transaction, write)));
      }
    }
  }

  private static void staged(Transaction transaction, String path, DeleteOptions delete) {
    var _ = transaction.delete(path, delete).orElseThrow();
  }
}
