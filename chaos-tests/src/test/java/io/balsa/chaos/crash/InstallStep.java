package io.balsa.chaos.crash;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A step of an install at which a node dies: at a pass over a failpoint, or by SIGKILL at a moment
 * that is drawn. Forces of parent folders are not among them: what a kill leaves there is what it
 * leaves before the next step.
 *
 * @param phase when it comes
 * @param point the failpoint with its moment; empty for SIGKILL
 * @param part of the failpoint's rule, in which {@code <store>} stands for the store's folder
 * @param passMax a pass from 1 to this one is drawn
 */
record InstallStep(Phase phase, Optional<String> point, String part, int passMax) {
  private static final String STAGING = "<store>.staging";
  private static final String BEGUN = STAGING + "/SNAPSHOT-BEGUN";
  private static final String SLICES = STAGING + "/SNAPSHOT-SLICES";
  private static final String UNBORN = STAGING + "/SNAPSHOT-COMPLETE.new";
  private static final String MARKER = STAGING + "/SNAPSHOT-COMPLETE";

  /** In the order in which they come, as far as they come in one install. */
  enum Phase {
    /** A store is found lost, and marked. */
    CONDEMN,
    /** It is moved to the quarantine. */
    ASIDE,
    /** A transfer begins. */
    BEGIN,
    /** Slices come and are forced. */
    RECEIVE,
    /** A transfer that broke off goes on. */
    RESUME,
    /** All is there, and the marker is written. */
    FINISH,
    /** What is staged is chosen. */
    DECIDE,
    /** It was chosen, and Ratis knows nothing of it. */
    DECIDED,
    /** The mark of a lost store goes. */
    LIFT,
    /** The new store takes the old one's place. */
    SWAP,
    /** Entries that it covers leave the Raft log. */
    LOG,
    /** On the source: a copy is made. */
    LEND,
    /** On the source: it is sent. */
    SEND,
    /** On the source: the loan ends. */
    RETURN
  }

  /** Who dies. */
  enum Kind {
    TARGET,
    SOURCE,
    REBUILD,
    TARGET_WITH_LOG;

    /** The phases in which one round may have it die, in their order. */
    List<Phase> phases() {
      return switch (this) {
        case TARGET ->
            List.of(
                Phase.BEGIN, Phase.RECEIVE, Phase.RESUME, Phase.FINISH, Phase.DECIDE, Phase.SWAP);
        case SOURCE -> List.of(Phase.LEND, Phase.SEND, Phase.RETURN);
        case REBUILD ->
            List.of(
                Phase.CONDEMN,
                Phase.ASIDE,
                Phase.RECEIVE,
                Phase.RESUME,
                Phase.FINISH,
                Phase.DECIDE,
                Phase.LIFT,
                Phase.SWAP);
        case TARGET_WITH_LOG -> List.of(Phase.DECIDED, Phase.LOG);
      };
    }
  }

  private static final List<InstallStep> ALL =
      Stream.of(
              write(Phase.CONDEMN, "<store>.condemned.new"),
              around(Phase.CONDEMN, "disk.rename", "<store>.condemned$", 1),
              around(Phase.ASIDE, "disk.rename", "-store$", 1),
              around(Phase.ASIDE, "disk.sync-folder", "/quarantine$", 1),
              around(Phase.BEGIN, "disk.create-folder", STAGING + "$", 1),
              write(Phase.BEGIN, BEGUN),
              around(Phase.BEGIN, "disk.create", SLICES, 1),
              around(Phase.RECEIVE, "disk.create", STAGING, 6),
              within(Phase.RECEIVE, "disk.write", STAGING, 30),
              around(Phase.RECEIVE, "disk.sync", STAGING, 6),
              within(Phase.RECEIVE, "disk.write", SLICES, 3),
              around(Phase.RECEIVE, "any", "<store>.", 150),
              killed(Phase.RECEIVE),
              around(Phase.RESUME, "disk.truncate", STAGING, 2),
              around(Phase.RESUME, "disk.delete", STAGING, 2),
              write(Phase.RESUME, BEGUN),
              within(Phase.RESUME, "disk.write", SLICES, 2),
              write(Phase.FINISH, UNBORN),
              around(Phase.FINISH, "disk.rename", MARKER, 1),
              killed(Phase.FINISH),
              around(Phase.DECIDE, "disk.delete", SLICES, 1),
              around(Phase.DECIDE, "disk.delete", BEGUN, 1),
              around(Phase.DECIDE, "disk.rename", "<store>.next", 1),
              step(Phase.DECIDED, "disk.rename.after", "<store>.next", 1),
              around(Phase.LIFT, "disk.delete", "<store>.condemned$", 1),
              around(Phase.SWAP, "disk.rename", "<store>.old", 1),
              around(Phase.SWAP, "disk.rename", "<store>$", 1),
              around(Phase.SWAP, "disk.delete", "<store>.old", 8),
              around(Phase.SWAP, "disk.delete", "<store>.old$", 1),
              around(Phase.LOG, "disk.delete", "/current/log_", 1),
              around(Phase.LEND, "rows.checkpoint", "<store>", 1),
              around(Phase.LEND, "disk.create-folder", "/outgoing/", 1),
              around(Phase.LEND, "disk.link", "/outgoing/", 4),
              around(Phase.SEND, "snapshot.read", "/outgoing/", 40),
              killed(Phase.SEND),
              around(Phase.RETURN, "disk.delete", "/outgoing/", 8))
          .flatMap(steps -> steps)
          .toList();

  /** The steps of a phase. */
  static List<InstallStep> of(Phase phase) {
    return ALL.stream().filter(step -> step.phase == phase).toList();
  }

  private static Stream<InstallStep> step(Phase phase, String point, String part, int passMax) {
    return Stream.of(new InstallStep(phase, Optional.of(point), part, passMax));
  }

  private static Stream<InstallStep> killed(Phase phase) {
    return Stream.of(new InstallStep(phase, Optional.empty(), "", 1));
  }

  private static Stream<InstallStep> around(Phase phase, String point, String part, int passMax) {
    return Stream.of(".before", ".after")
        .flatMap(moment -> step(phase, point + moment, part, passMax));
  }

  private static Stream<InstallStep> within(Phase phase, String point, String part, int passMax) {
    return Stream.concat(
        around(phase, point, part, passMax), step(phase, point + ".midway", part, passMax));
  }

  /** All that makes a small file. */
  private static Stream<InstallStep> write(Phase phase, String file) {
    return Stream.of(
            around(phase, "disk.create", file, 1),
            within(phase, "disk.write", file, 1),
            around(phase, "disk.sync", file, 1))
        .flatMap(steps -> steps);
  }

  /** The plan that ends a process here; empty for SIGKILL. */
  Optional<String> plan(String store, Random random) {
    String where = part.replace("<store>", "/" + store);
    return point.map(name -> name + "~" + where + "=halt@" + (1 + random.nextInt(passMax)));
  }

  @Override
  public String toString() {
    return point.map(name -> name + "~" + part).orElse("SIGKILL");
  }
}
