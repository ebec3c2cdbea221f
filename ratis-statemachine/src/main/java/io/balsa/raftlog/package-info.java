/**
 * What a Raft log on disk really holds, and what it held when it was last forced: a reader of
 * Ratis' segment and vote files, the {@link io.balsa.raftlog.Watermark} beside them, the {@link
 * io.balsa.raftlog.LogAudit} that compares the two before Ratis opens a log, and what is done with
 * a damaged one, {@link io.balsa.raftlog.LogReturn}, and with a sound one that Ratis would not take
 * for sound, {@link io.balsa.raftlog.RolledSegments}.
 *
 * <p>Files only; Ratis is not known here. Its format is that of release 3.3.0, and tests read files
 * that Ratis wrote. Our own formats are in docs/formats/watermark.md.
 *
 * <p>Threads: the watermark is safe on every thread; everything else belongs to whoever starts the
 * group. No thread is started here. Callers: the start of a node's groups, and the beat that writes
 * the watermark.
 */
@NullMarked
package io.balsa.raftlog;

import org.jspecify.annotations.NullMarked;
