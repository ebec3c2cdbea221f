package io.balsa.cli.transfer;

import java.nio.file.Path;

/**
 * A file to upload.
 *
 * @param path relative to its folder, with '/' between names
 * @param file where it is
 * @param size bytes when it was found
 */
public record FoundFile(String path, Path file, long size) {}
