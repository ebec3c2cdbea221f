package io.balsa.client.model;

/**
 * How far a scrub is, or how it ended.
 *
 * @param at what is being read
 * @param bytesDone read so far
 * @param bytesTotal about how much there is to read
 * @param found bad chunks and files found so far
 * @param lost chunks that are still lost on the node; 0 at the end if all is well again
 */
public record ScrubProgress(String at, long bytesDone, long bytesTotal, long found, long lost) {}
