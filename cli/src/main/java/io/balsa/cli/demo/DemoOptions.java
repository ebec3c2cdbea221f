package io.balsa.cli.demo;

import io.balsa.cli.local.NodeCommand;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the demo is asked to do.
 *
 * @param input the folder that is uploaded
 * @param temporary where its own folder is made
 * @param node how a node is started
 * @param keep true: the cluster goes on running after a pass
 * @param kills how often a leader is killed, 1 to 100
 * @param limits how long, how much
 */
public record DemoOptions(
    Path input, Path temporary, NodeCommand node, boolean keep, int kills, Limits limits) {
  /** Most kills. */
  public static final int KILLS_MAX = 100;

  /** Checks the range. */
  public DemoOptions {
    if (kills < 1 || kills > KILLS_MAX) {
      throw new IllegalArgumentException("kills=" + kills + ", want 1 to " + KILLS_MAX);
    }
  }

  /**
   * How long, how much.
   *
   * @param whole what the whole demo may take
   * @param call the deadline of a call
   * @param beat between two looks at something that is awaited
   * @param generatedFiles files of the second upload that are made up, 4 and up
   * @param generatedFileBytes bytes of each of those
   */
  public record Limits(
      Duration whole, Duration call, Duration beat, int generatedFiles, int generatedFileBytes) {
    /** Those of a person's demo. */
    public static Limits of(Duration whole, Duration call) {
      return new Limits(whole, call, Duration.ofMillis(50), 24, 4 << 20);
    }
  }
}
