package io.balsa.chunk;

import java.nio.file.Path;

/**
 * A pack as it is now. Its first {@code bytes} bytes never change, so they may be hard-linked and
 * copied at leisure; behind them an unsealed pack may hold preallocated zeros or newer records.
 *
 * @param path of the file
 * @param number of the pack, 1 and up
 * @param bytes of header, records and, if sealed, footer
 * @param sealed true if no byte will be added
 */
public record PackFile(Path path, int number, long bytes, boolean sealed) {}
