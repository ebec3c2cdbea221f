package io.balsa.service.upkeep;

/**
 * How far some work is.
 *
 * @param at what it is at; empty where it is at nothing
 * @param bytesDone read so far
 * @param bytesTotal about how much there is to read
 * @param found bad pieces found so far
 * @param freedBytes given back to the disk so far
 */
public record Progress(String at, long bytesDone, long bytesTotal, long found, long freedBytes) {
  /** Of what has not begun. */
  public static final Progress NONE = new Progress("", 0, 0, 0, 0);

  Progress of(long total) {
    return new Progress(at, bytesDone, total, found, freedBytes);
  }

  Progress at(String other) {
    return new Progress(other, bytesDone, bytesTotal, found, freedBytes);
  }

  Progress plus(long bytes, long bad) {
    long done = bytesDone + bytes;
    return new Progress(at, done, Math.max(done, bytesTotal), found + bad, freedBytes);
  }

  Progress freed(long bytes) {
    return new Progress(at, bytesDone, bytesTotal, found, freedBytes + bytes);
  }
}
