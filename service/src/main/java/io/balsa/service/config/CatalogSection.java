package io.balsa.service.config;

import io.balsa.model.Limits;
import java.time.Duration;

/** Settings under {@code catalog}. */
public record CatalogSection(
    @NumberSetting(
            meaning =
                "How many revisions the reply to a write is remembered, so that a retry gets the"
                    + " first answer; older ones are forgotten.",
            unit = "revisions",
            byDefault = 2_000_000,
            min = 1,
            max = 1_000_000_000)
        long repliesKeptRevisions,
    @NumberSetting(
            meaning =
                "How long the reply to a write is remembered; older ones are forgotten even if"
                    + " few revisions came after them.",
            unit = "ms",
            byDefault = 86_400_000,
            min = 1_000,
            max = 2_592_000_000L)
        Duration repliesKept,
    @NumberSetting(
            meaning = "How many commands may share one log entry.",
            unit = "commands",
            byDefault = 512,
            min = 1,
            max = Limits.ENTRY_COMMANDS_MAX)
        int batchCommandsMax,
    @NumberSetting(
            meaning =
                "How many bytes of commands may share one log entry; a larger command travels"
                    + " alone.",
            unit = "bytes",
            byDefault = 1 << 20,
            min = 4_096,
            max = Limits.ENTRY_COMMAND_BYTES_MAX)
        int batchBytesMax,
    @NumberSetting(
            meaning =
                "How many entries may be on their way at once; commands that arrive meanwhile"
                    + " gather for the next one.",
            unit = "entries",
            byDefault = 4,
            min = 1,
            max = 64)
        int batchesInFlightMax) {}
