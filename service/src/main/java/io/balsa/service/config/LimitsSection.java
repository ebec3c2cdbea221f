package io.balsa.service.config;

import io.balsa.model.Limits;
import java.time.Duration;

/** Settings under {@code limits}. */
public record LimitsSection(
    @NumberSetting(
            meaning =
                "How many requests the node works on at once; one more is refused with a retry"
                    + " delay.",
            unit = "requests",
            byDefault = 1_024,
            min = 1,
            max = 1_000_000)
        int requestsInFlightMax,
    @NumberSetting(
            meaning =
                "How many bytes of requests the node holds at once; more are refused with a retry"
                    + " delay. The largest chunk must fit.",
            unit = "bytes",
            byDefault = 256L << 20,
            min = Limits.CHUNK_BYTES_MAX,
            max = 64L << 30)
        long requestBytesInFlightMax,
    @NumberSetting(
            meaning = "How long the node works on a request that brings no deadline of its own.",
            unit = "ms",
            byDefault = 30_000,
            min = 100,
            max = 3_600_000)
        Duration requestTimeout,
    @NumberSetting(
            meaning =
                "How many uploads, downloads and other streams the node keeps open at once; one"
                    + " more is refused with a retry delay.",
            unit = "streams",
            byDefault = 256,
            min = 1,
            max = 65_536)
        int streamsMax,
    @NumberSetting(
            meaning =
                "How long a node that was told to stop lets requests finish before it closes"
                    + " them.",
            unit = "ms",
            byDefault = 10_000,
            min = 0,
            max = 600_000)
        Duration shutdown) {}
