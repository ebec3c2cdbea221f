package io.balsa.client;

import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Result;

/**
 * A client of a cluster. Thread-safe; make one and share it. Its methods block and are at home on
 * virtual threads. An interrupted call ends early: a read is refused as {@code CANCELLED}, a write
 * that may be on its way is unknown, and the thread stays interrupted.
 */
public interface BalsaClient extends AutoCloseable {
  /** A client of the cluster that these nodes belong to. Connects when it is first used. */
  static BalsaClient connect(ClientOptions options) {
    return RemoteClient.overTcp(options);
  }

  /** Datasets. */
  Datasets datasets();

  /** Versions of datasets. */
  Versions versions();

  /** Objects outside of transactions. */
  Objects objects();

  /** The cluster itself. */
  Cluster cluster();

  /** Single nodes. */
  Nodes nodes();

  /** Begins a transaction; the caller closes it. */
  Result<Transaction> begin(String dataset, BeginOptions options);

  /**
   * Goes on with a transaction that was begun elsewhere. Asks nothing of the cluster yet.
   *
   * @param id 1 and up
   */
  Transaction attach(String dataset, long id);

  /** Ends calls that are under way, and closes all connections. */
  @Override
  void close();
}
