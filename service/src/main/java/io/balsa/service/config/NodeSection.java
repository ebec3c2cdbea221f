package io.balsa.service.config;

import java.nio.file.Path;

/** Settings under {@code node}. */
public record NodeSection(
    @TextSetting(
            meaning =
                "The node's name, different from every other node's in the cluster, and its own"
                    + " for ever: the data folder remembers it.",
            rule = TextRule.NODE_ID,
            required = true)
        String id,
    @TextSetting(
            meaning = "The folder of everything that the node keeps; one node uses it at a time.",
            rule = TextRule.FOLDER,
            required = true)
        Path dataDir) {}
