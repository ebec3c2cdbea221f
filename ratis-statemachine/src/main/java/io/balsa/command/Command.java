package io.balsa.command;

import io.balsa.model.DatasetName;
import io.balsa.model.Limits;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.VersionName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/** One change to the catalog, as every replica applies it. */
public sealed interface Command
    permits Command.CreateDataset,
        Command.DeleteDataset,
        Command.FenceDataset,
        Command.BeginTransaction,
        Command.PutObject,
        Command.DeleteObject,
        Command.PublishTransaction,
        Command.AbortTransaction,
        Command.CreateVersion,
        Command.SealVersion,
        Command.DeleteVersion,
        Upkeep {
  /**
   * Creates an empty dataset.
   *
   * @param dataset must not exist
   */
  record CreateDataset(DatasetName dataset) implements Command {}

  /**
   * Deletes a dataset and all that is in it.
   *
   * @param dataset must exist
   * @param recursive false: refuse where it has a visible object or a version
   */
  record DeleteDataset(DatasetName dataset, boolean recursive) implements Command {}

  /**
   * Raises the dataset's epoch by one; {@link Decision.Accepted#value} is the new epoch.
   *
   * @param dataset must exist
   */
  record FenceDataset(DatasetName dataset) implements Command {}

  /**
   * Opens a transaction; {@link Decision.Accepted#value} is its id.
   *
   * @param dataset must exist
   * @param epoch the writer's epoch; empty takes the dataset's
   */
  record BeginTransaction(DatasetName dataset, OptionalLong epoch) implements Command {}

  /**
   * Puts an object, or stages it.
   *
   * @param dataset must exist
   * @param path where
   * @param scope by itself or in a transaction
   * @param precondition of the object that the scope sees
   * @param content what
   * @param removalsSeen the catalog's count of removals ({@code CollectionState}) when it was
   *     checked that the chunks are stored; empty where that was not checked. Says nothing about
   *     the object, so it is no part of what a retry must repeat
   */
  record PutObject(
      DatasetName dataset,
      ObjectPath path,
      WriteScope scope,
      Precondition precondition,
      ObjectContent content,
      OptionalLong removalsSeen)
      implements Command {
    /** Checks. */
    public PutObject {
      removalsSeen.ifPresent(seen -> Limits.require("removals_seen", seen, 0, Long.MAX_VALUE));
    }

    /** The same put, whose chunks' presence was checked. */
    public PutObject checkedAt(long removals) {
      return new PutObject(dataset, path, scope, precondition, content, OptionalLong.of(removals));
    }

    /** The same put, unchecked. */
    public PutObject unchecked() {
      return new PutObject(dataset, path, scope, precondition, content, OptionalLong.empty());
    }
  }

  /**
   * Deletes an object, or stages its deletion.
   *
   * @param dataset must exist
   * @param path must have an object in the scope's sight
   * @param scope by itself or in a transaction
   * @param precondition of the object that the scope sees
   */
  record DeleteObject(
      DatasetName dataset, ObjectPath path, WriteScope scope, Precondition precondition)
      implements Command {}

  /**
   * Makes all that was staged visible at this command's revision.
   *
   * @param dataset must exist
   * @param transactionId must be open
   */
  record PublishTransaction(DatasetName dataset, long transactionId) implements Command {}

  /**
   * Drops all that was staged.
   *
   * @param dataset must exist
   * @param transactionId must be open
   */
  record AbortTransaction(DatasetName dataset, long transactionId) implements Command {}

  /**
   * Names a revision; {@link Decision.Accepted#value} is the revision that the version shows.
   *
   * @param dataset must exist
   * @param version must not exist
   * @param revision 1 to the newest; 0 means the newest when the command is applied
   * @param message free text, at most {@link Limits#MESSAGE_BYTES_MAX} of UTF-8
   * @param parents existing versions, at most {@link Limits#VERSION_PARENTS_MAX}
   */
  record CreateVersion(
      DatasetName dataset,
      VersionName version,
      long revision,
      String message,
      List<VersionName> parents)
      implements Command {
    /** Copies and checks. */
    public CreateVersion {
      Limits.require("revision", revision, 0, Long.MAX_VALUE);
      Limits.require(
          "message bytes",
          message.getBytes(StandardCharsets.UTF_8).length,
          0,
          Limits.MESSAGE_BYTES_MAX);
      Limits.require("parents", parents.size(), 0, Limits.VERSION_PARENTS_MAX);
      parents = List.copyOf(parents);
    }
  }

  /**
   * Writes a version's computed digest, once. Proposed by a node, never by a caller.
   *
   * @param datasetId the incarnation of the dataset
   * @param version must exist, and be pending or hold the same summary
   * @param revision what the version shows, since its name may be used again; 0 for any
   * @param summary computed from the version's listing
   */
  record SealVersion(long datasetId, VersionName version, long revision, VersionSummary summary)
      implements Command {
    /** Checks. */
    public SealVersion {
      Limits.require("revision", revision, 0, Long.MAX_VALUE);
    }
  }

  /**
   * Removes a version. What it alone showed may be swept; its name may be used again.
   *
   * @param dataset must exist
   * @param version must exist
   */
  record DeleteVersion(DatasetName dataset, VersionName version) implements Command {}
}
