package io.balsa.client.model;

/** How many replicas hold a write on stable storage when it is acknowledged. */
public enum Durability {
  /** Synced by a majority of the voters of each group that it touched. The default. */
  MAJORITY,
  /** Synced by every voter of each group that it touched. */
  ALL
}
