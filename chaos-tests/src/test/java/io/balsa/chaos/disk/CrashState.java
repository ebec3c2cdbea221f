package io.balsa.chaos.disk;

import io.balsa.chaos.disk.Tree.File;
import io.balsa.chaos.disk.Tree.Folder;
import io.balsa.chaos.disk.Tree.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A disk as a power cut left it: the first steps of a program, of which those that were not durable
 * happened in part.
 *
 * <p>What is a choice of the crash's: each name that changed and was not forced; each sector of
 * each write that was not forced; the size that such a write gives its file, apart from its bytes;
 * each cut that was not forced. All subsets are legal, so writes arrive in any order.
 */
final class CrashState {
  private static final int SECTOR_BYTES = 512;

  private final List<Step> steps;
  private final boolean[] durable;
  private final BitSet kept;
  private final Map<Integer, Node> nodes = new HashMap<>();
  private final Tree tree = new Tree();
  private int choice;

  private CrashState(List<Step> steps, boolean[] durable, BitSet kept) {
    this.steps = steps;
    this.durable = durable;
    this.kept = kept;
    nodes.put(0, tree.root());
  }

  /** Which of the steps no crash undoes. */
  static boolean[] durable(List<Step> steps, int settled) {
    boolean[] durable = new boolean[steps.size()];
    BitSet forcedFiles = new BitSet();
    BitSet forcedFolders = new BitSet();
    for (int i = steps.size() - 1; i >= 0; i--) {
      durable[i] =
          i < settled
              || switch (steps.get(i)) {
                case Step.Naming naming -> forcedFolders.get(naming.folder());
                case Step.Filling filling -> forcedFiles.get(filling.file());
                case Step.Sync(int file) -> {
                  forcedFiles.set(file);
                  yield true;
                }
                case Step.SyncFolder(int folder) -> {
                  forcedFolders.set(folder);
                  yield true;
                }
                case Step.Mark _ -> true;
              };
    }
    return durable;
  }

  /** How much there is to choose in steps that are not durable. */
  static int choices(List<Step> steps, boolean[] durable) {
    int choices = 0;
    for (int i = 0; i < steps.size(); i++) {
      if (!durable[i]) {
        choices += steps.get(i) instanceof Step.Write write ? sectors(write) + 1 : 1;
      }
    }
    return choices;
  }

  /** Sectors that a write touches. */
  private static int sectors(Step.Write write) {
    return (Math.max(write.end() - 1, write.offset()) / SECTOR_BYTES)
        - write.offset() / SECTOR_BYTES
        + 1;
  }

  /**
   * Makes the disk.
   *
   * @param kept for each choice whether it reached the disk
   */
  static RecordingDisk make(List<Step> steps, boolean[] durable, BitSet kept) {
    CrashState state = new CrashState(steps, durable, kept);
    state.replay();
    int nodesMax = state.nodes.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
    return new RecordingDisk(state.tree, nodesMax + 1);
  }

  private void replay() {
    for (int i = 0; i < steps.size(); i++) {
      switch (steps.get(i)) {
        case Step.Naming naming -> {
          remember(naming);
          if (durable[i] || chosen()) {
            apply(naming);
          }
        }
        case Step.Write write -> apply(write, durable[i]);
        case Step.Truncate(int file, int size) -> {
          if (durable[i] || chosen()) {
            file(file).truncate(size);
          }
        }
        case Step.Sync _, Step.SyncFolder _, Step.Mark _ -> {}
      }
    }
  }

  private boolean chosen() {
    return kept.get(choice++);
  }

  /** A node is there even where its first name is not: it may get another one. */
  private void remember(Step.Naming naming) {
    if (naming instanceof Step.Make make) {
      nodes.put(make.node(), make.isFolder() ? new Folder(make.node()) : new File(make.node()));
    }
  }

  private void apply(Step.Naming naming) {
    switch (naming) {
      case Step.Make(int folder, String name, int node, boolean _) ->
          folder(folder).names().put(name, nodes.get(node));
      case Step.Link(int folder, String name, int node) ->
          folder(folder).names().put(name, nodes.get(node));
      case Step.Rename(int fromFolder, String from, int folder, String to, int node) -> {
        folder(fromFolder).names().remove(from);
        folder(folder).names().put(to, nodes.get(node));
      }
      case Step.Delete(int folder, String name) -> folder(folder).names().remove(name);
    }
  }

  private void apply(Step.Write write, boolean whole) {
    File file = file(write.file());
    if (whole) {
      file.write(write.bytes(), 0, write.length(), write.offset());
      return;
    }
    int start = 0;
    for (int sector = 0; sector < sectors(write); sector++) {
      int toSectorEnd = SECTOR_BYTES - (write.offset() + start) % SECTOR_BYTES;
      int end = Math.min(write.length(), start + toSectorEnd);
      if (chosen()) {
        file.write(write.bytes(), start, end, write.offset() + start);
      }
      start = end;
    }
    if (chosen()) {
      file.grow(write.end());
    }
  }

  private File file(int id) {
    return (File) nodes.get(id);
  }

  private Folder folder(int id) {
    return (Folder) nodes.get(id);
  }

  /** What the program had said. */
  static List<Object> said(List<Step> steps) {
    List<Object> said = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Step.Mark(Object what)) {
        said.add(what);
      }
    }
    return said;
  }
}
