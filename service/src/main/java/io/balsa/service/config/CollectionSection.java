package io.balsa.service.config;

import java.time.Duration;

/** Settings under {@code collection}. */
public record CollectionSection(
    @NumberSetting(
            meaning =
                "Whether space is freed by itself (1), or only when an operator asks for it (0).",
            unit = "yes or no",
            byDefault = 1,
            min = 0,
            max = 1)
        int enabled,
    @NumberSetting(
            meaning =
                "How many of the newest revisions stay readable, whatever their age; versions stay"
                    + " readable until they are deleted.",
            unit = "revisions",
            byDefault = 1_000,
            min = 0,
            max = 1_000_000_000_000L)
        long retainedRevisions,
    @NumberSetting(
            meaning =
                "How long every revision stays readable; deleted and overwritten objects are freed"
                    + " after once to twice that.",
            unit = "ms",
            byDefault = 86_400_000,
            min = 0,
            max = 31_536_000_000L)
        Duration retainedFor,
    @NumberSetting(
            meaning =
                "How long a chunk that no object names stays stored, for uploads that are under"
                    + " way; one that takes longer sends it again.",
            unit = "ms",
            byDefault = 3_600_000,
            min = 0,
            max = 31_536_000_000L)
        Duration grace,
    @NumberSetting(
            meaning = "How long the catalog's leader rests between two rounds of collection.",
            unit = "ms",
            byDefault = 300_000,
            min = 10,
            max = 86_400_000)
        Duration pause,
    @NumberSetting(
            meaning =
                "How many entries a round may put into the catalog's log, each with up to 500 rows"
                    + " or 1,000 chunks.",
            unit = "entries",
            byDefault = 50,
            min = 1,
            max = 10_000)
        int entriesPerSecond) {}
