package io.balsa.command;

import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.Limits;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.util.List;

/**
 * What frees space: proposed by the catalog's leader, never by a caller. It changes nothing that a
 * reader can see, so it takes no revision; and it may be proposed twice, late or in vain, so it
 * leaves no reply. Each command names what may go, and the transition removes of it what it finds
 * to be garbage in the state that it is applied to.
 */
public sealed interface Upkeep extends Command {
  /** Stands where a caller's request id would; upkeep needs none. */
  RequestId LABEL = new RequestId("upkeep");

  /** Ready to be proposed. */
  default Envelope envelope() {
    return new Envelope(LABEL, this);
  }

  /**
   * Raises the floor, the oldest revision that can be read, as far as retention allows. {@link
   * Decision.Accepted#value} is the floor.
   *
   * @param keptRevisions the newest revisions that stay readable
   * @param keptMillis how long a revision stays readable at least, by the stamps of entries; at
   *     most twice that and the pause between two of these commands
   */
  record RaiseFloor(long keptRevisions, long keptMillis) implements Upkeep {
    /** Checks. */
    public RaiseFloor {
      Limits.require("kept_revisions", keptRevisions, 0, Long.MAX_VALUE);
      Limits.require("kept_ms", keptMillis, 0, Long.MAX_VALUE);
    }
  }

  /**
   * Removes rows that nobody can see. {@link Decision.Accepted#value} is how many.
   *
   * @param datasetId the incarnation of the dataset, which may be deleted
   * @param objects in an order in which each may go after those before it
   * @param versions of a deleted dataset
   * @param transactions settled, and without rows
   */
  record SweepRows(
      long datasetId,
      List<ObjectSweep> objects,
      List<VersionName> versions,
      List<Long> transactions)
      implements Upkeep {
    /** Copies and checks. */
    public SweepRows {
      objects = List.copyOf(objects);
      versions = List.copyOf(versions);
      transactions = List.copyOf(transactions);
      int rows = objects.size() + versions.size() + transactions.size();
      Limits.require("rows", rows, 0, Limits.UPKEEP_ITEMS_MAX);
    }
  }

  /**
   * One row of an object.
   *
   * @param path where
   * @param revision of the row
   * @param successor revision of a row of the same path that became visible later, below the floor;
   *     0 where the row was never visible, hides nothing, or its dataset is deleted
   */
  record ObjectSweep(ObjectPath path, long revision, long successor) {}

  /**
   * Enters chunks that are stored and that no row names, as condemned. {@link
   * Decision.Accepted#value} is how many.
   *
   * @param removalsSeen as {@link Command.PutObject#removalsSeen}
   * @param chunks with the group that stores them
   */
  record CondemnChunks(long removalsSeen, List<ChunkRef> chunks) implements Upkeep {
    /** Copies and checks. */
    public CondemnChunks {
      Limits.require("removals_seen", removalsSeen, 0, Long.MAX_VALUE);
      chunks = List.copyOf(chunks);
      Limits.require("chunks", chunks.size(), 0, Limits.UPKEEP_ITEMS_MAX);
    }
  }

  /**
   * Gives up chunks that were condemned long enough: no object may name them any more, until they
   * are forgotten. {@link Decision.Accepted#value} is the number of this removal; 0 where there was
   * nothing to do.
   *
   * @param condemnedMillis since when at least, by the stamps of entries
   * @param chunks which
   */
  record DeleteChunks(long condemnedMillis, List<ChunkId> chunks) implements Upkeep {
    /** Copies and checks. */
    public DeleteChunks {
      Limits.require("condemned_ms", condemnedMillis, 0, Long.MAX_VALUE);
      chunks = List.copyOf(chunks);
      Limits.require("ids", chunks.size(), 0, Limits.UPKEEP_ITEMS_MAX);
    }
  }

  /**
   * Forgets chunks that their group has removed: they may be uploaded anew. {@link
   * Decision.Accepted#value} is how many.
   *
   * @param group which
   * @param removal the number that {@link DeleteChunks} gave
   * @param index of the removal in the group's log
   * @param chunks which
   */
  record ForgetChunks(int group, long removal, long index, List<ChunkId> chunks) implements Upkeep {
    /** Copies and checks. */
    public ForgetChunks {
      Limits.require("group", group, 1, Limits.CHUNK_GROUPS_MAX);
      Limits.require("removal", removal, 1, Long.MAX_VALUE);
      Limits.require("index", index, 0, Long.MAX_VALUE);
      chunks = List.copyOf(chunks);
      Limits.require("ids", chunks.size(), 0, Limits.UPKEEP_ITEMS_MAX);
    }
  }
}
