package io.balsa.service.config;

/** Settings under {@code compaction}. */
public record CompactionSection(
    @NumberSetting(
            meaning =
                "How much of its packs the node reads a second to give the space of deleted chunks"
                    + " back.",
            unit = "bytes",
            byDefault = 64L << 20,
            min = 1L << 20,
            max = 1L << 40)
        long bytesPerSecond,
    @NumberSetting(
            meaning =
                "How much dead space a chunk group may have before the node gives any of it back by"
                    + " itself.",
            unit = "bytes",
            byDefault = 64L << 20,
            min = 0,
            max = 1L << 40)
        long deadBytesMin,
    @NumberSetting(
            meaning =
                "How much of a pack may be dead for it to stay when its group has more dead space"
                    + " than 15 % of what is alive, or when an operator asks for compaction.",
            unit = "%",
            byDefault = 12,
            min = 1,
            max = 90)
        int deadPercentMax) {}
