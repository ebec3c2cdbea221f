package io.balsa.service.config;

import java.time.Duration;

/** Settings under {@code freshness}. */
public record FreshnessSection(
    @NumberSetting(
            meaning =
                "How long a read waits for the proof that it is fresh; after it the read is"
                    + " refused and told how far behind this replica is.",
            unit = "ms",
            byDefault = 5_000,
            min = 50,
            max = 600_000)
        Duration barrierTimeout) {}
