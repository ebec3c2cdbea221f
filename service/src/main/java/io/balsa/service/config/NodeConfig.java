package io.balsa.service.config;

import java.util.List;

/**
 * Everything that an operator can set on a node. A value of this type is wholly right: each setting
 * is in its range, and they go together. The tree is the one place where a setting's key, meaning,
 * unit, default and range are written; {@code balsa server --print-config} shows them. A key is the
 * section's name, a dot and the component's name with hyphens: {@code raft.segment-bytes-max}; a
 * {@code Duration} is given in milliseconds and its key ends in {@code -ms}.
 */
public record NodeConfig(
    @Section(meaning = "The node itself.") NodeSection node,
    @Section(meaning = "Where the node listens, and where others find it.") ListenSection listen,
    @Section(meaning = "Consensus: elections, logs, snapshots; the same for every group.")
        RaftSection raft,
    @Section(meaning = "The group that holds names, versions and transactions.")
        CatalogSection catalog,
    @Section(meaning = "The groups that hold bytes.") ChunkSection chunks,
    @Section(meaning = "Proving that a read is fresh.") FreshnessSection freshness,
    @Section(meaning = "What clients may ask of this node at once; beyond it they are refused.")
        LimitsSection limits,
    @Section(meaning = "Memory outside of the Java heap.") MemorySection memory,
    @Section(meaning = "Finding what has rotted.") ScrubSection scrub,
    @Section(meaning = "Giving the space of deleted chunks back.") CompactionSection compaction) {

  /**
   * Checks the tree.
   *
   * @throws InvalidSettings if a setting is out of range or two settings contradict each other
   */
  public NodeConfig {
    SettingTree.requireAllowed(
        List.of(node, listen, raft, catalog, chunks, freshness, limits, memory, scrub, compaction));
    // A step that may take longer than the whole request could never say why it failed.
    new Relations()
        .require(
            raft.requestTimeout().compareTo(limits.requestTimeout()) <= 0,
            "raft.request-timeout-ms",
            raft.requestTimeout(),
            "at most limits.request-timeout-ms, " + limits.requestTimeout().toMillis())
        .require(
            freshness.barrierTimeout().compareTo(limits.requestTimeout()) <= 0,
            "freshness.barrier-timeout-ms",
            freshness.barrierTimeout(),
            "at most limits.request-timeout-ms, " + limits.requestTimeout().toMillis())
        .check();
  }
}
