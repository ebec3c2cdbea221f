package io.balsa.service.config;

import java.time.Duration;

/** Settings under {@code snapshots}. */
public record SnapshotSection(
    @NumberSetting(
            meaning =
                "How many bytes of snapshots this node sends in a second, to all members together;"
                    + " 0 sends as fast as they take it.",
            unit = "bytes",
            byDefault = 200L << 20,
            min = 0,
            max = 1L << 40)
        long sendBytesPerSecond,
    @NumberSetting(
            meaning =
                "How many snapshots this node sends at once; beyond it members are refused and ask"
                    + " another one, or again.",
            unit = "snapshots",
            byDefault = 2,
            min = 1,
            max = 64)
        int servedMax,
    @NumberSetting(
            meaning =
                "How long a snapshot whose transfer broke off is kept, so that it goes on where it"
                    + " was; the log behind it is kept, too.",
            unit = "ms",
            byDefault = 120_000,
            min = 1_000,
            max = 3_600_000)
        Duration keptFor) {}
