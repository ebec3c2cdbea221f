package io.balsa.catalog;

import io.balsa.model.Limits;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the catalog has freed space; part of the head, moved by upkeep alone.
 *
 * @param floor the oldest revision that can be read, but for versions, which stay
 * @param markRevision the revision that the floor is raised to next, once it is old enough
 * @param markMillis the stamp when that was the newest revision; 0 for no mark yet
 * @param removals counts the commands that gave chunks up; the last one's number
 * @param removedThrough for each chunk group from which chunks were forgotten, the index in its log
 *     of the newest such removal: a replica that has not applied it may show what is gone
 */
public record CollectionState(
    long floor,
    long markRevision,
    long markMillis,
    long removals,
    SortedMap<Integer, Long> removedThrough) {
  /** Nothing was ever freed. */
  public static final CollectionState NONE = new CollectionState(0, 0, 0, 0, new TreeMap<>());

  /** Copies and checks. */
  public CollectionState {
    Limits.require("removed_through groups", removedThrough.size(), 0, Limits.CHUNK_GROUPS_MAX);
    removedThrough = Collections.unmodifiableSortedMap(new TreeMap<>(removedThrough));
  }

  /** The index that a replica of a group must have applied for what it holds to be believed. */
  public long removedThrough(int group) {
    return removedThrough.getOrDefault(group, -1L);
  }

  CollectionState withFloor(long newFloor, long revision, long millis) {
    return new CollectionState(newFloor, revision, millis, removals, removedThrough);
  }

  CollectionState withRemoval() {
    return new CollectionState(floor, markRevision, markMillis, removals + 1, removedThrough);
  }

  CollectionState withForgotten(int group, long index) {
    TreeMap<Integer, Long> through = new TreeMap<>(removedThrough);
    through.merge(group, index, Math::max);
    return new CollectionState(floor, markRevision, markMillis, removals, through);
  }
}
