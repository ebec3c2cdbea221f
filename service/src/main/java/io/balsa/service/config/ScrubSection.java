package io.balsa.service.config;

import java.time.Duration;

/** Settings under {@code scrub}. */
public record ScrubSection(
    @NumberSetting(
            meaning =
                "How much a second the node reads of what it stores, to find what has rotted before"
                    + " it is needed; 0 switches that off.",
            unit = "bytes",
            byDefault = 32L << 20,
            min = 0,
            max = 1L << 40)
        long bytesPerSecond,
    @NumberSetting(
            meaning = "How long the node rests after it has read everything once.",
            unit = "ms",
            byDefault = 24L * 3_600_000,
            min = 0,
            max = 90L * 24 * 3_600_000)
        Duration pause) {}
