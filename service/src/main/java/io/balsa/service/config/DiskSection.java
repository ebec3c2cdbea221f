package io.balsa.service.config;

/** Settings under {@code disk}. */
public record DiskSection(
    @NumberSetting(
            meaning =
                "Free space on the data disk below which changes that add data are refused, here"
                    + " and for every group with a replica here; reads and deletes go on.",
            unit = "bytes",
            byDefault = 1L << 30,
            min = 1L << 20,
            max = 1L << 50)
        long refuseWritesBelowBytes,
    @NumberSetting(
            meaning =
                "Free space below which this node hands its leaderships to members that have more.",
            unit = "bytes",
            byDefault = 1L << 29,
            min = 1L << 20,
            max = 1L << 50)
        long handOverBelowBytes,
    @NumberSetting(
            meaning =
                "Free space that replicas need to open; with less a node that starts listens, says"
                    + " why it does not serve, and waits.",
            unit = "bytes",
            byDefault = 32L << 20,
            min = 1L << 20,
            max = 1L << 40)
        long startNeedsBytes,
    @NumberSetting(
            meaning =
                "Space kept in a file that is given up when a start needs it; at most a 64th of the"
                    + " disk, 0 for none.",
            unit = "bytes",
            byDefault = 64L << 20,
            min = 0,
            max = 1L << 40)
        long reserveBytes) {

  /**
   * Checks.
   *
   * @throws InvalidSettings if leaderships would be handed over before writes are refused, or
   *     replicas would not open on a disk that still takes part
   */
  public DiskSection {
    new Relations()
        .require(
            handOverBelowBytes <= refuseWritesBelowBytes,
            "disk.hand-over-below-bytes",
            handOverBelowBytes,
            "at most disk.refuse-writes-below-bytes, " + refuseWritesBelowBytes)
        .require(
            startNeedsBytes <= handOverBelowBytes,
            "disk.start-needs-bytes",
            startNeedsBytes,
            "at most disk.hand-over-below-bytes, " + handOverBelowBytes)
        .check();
  }
}
