/**
 * The catalog's state and its transition, pure: (view, entry, position) to decisions and writes. No
 * I/O, thread, clock or randomness; {@code rocks} stores the rows, {@code replica} feeds the
 * entries.
 *
 * <h2>How chunks go, and why no upload is betrayed</h2>
 *
 * <p>A chunk's row is <i>live</i> while rows of objects refer to it, else <i>condemned</i>; a put
 * that names a condemned chunk makes it live. After a grace it is <i>given up</i> ({@link
 * ChunkRow.State#DELETING}) by a command that takes the next number of removals, n. Then its group
 * is asked to remove it by an entry that carries n; and when that is applied, at index i of the
 * group's log, the row is <i>forgotten</i>, and the head notes i for the group.
 *
 * <p><b>Claim.</b> Each chunk that a row of an object names, with the group that it names, is
 * stored in that group, where the group's log ends.
 *
 * <p><b>What everybody keeps to.</b> (1) A put is checked against a view V of the catalog, of any
 * age, and carries V's count of removals. A chunk whose row in V is live or condemned in the group
 * that is named needs no look; one that is given up is refused; one without such a row must be
 * there on a replica of the group that has applied the index which V's head notes for it ({@link
 * ChunkStanding}). (2) The transition refuses a put that names a chunk which is given up, and one
 * that names a chunk without a row in that group while the count has moved since V. (3) A chunk
 * that is stored without a row is condemned under the same two rules. (4) A group carries out
 * removal n once, and none below n afterwards.
 *
 * <p><b>Argument.</b> A chunk c leaves group g only by a removal that was given up with c's row in
 * g; so let us see that no row which names (c, g) is accepted without c being there, and that c
 * stays.
 *
 * <ul>
 *   <li><i>The row is live or condemned when the put is applied.</i> Such a row is made by a put or
 *       a condemnation, that is by the next case, and c has not been given up since. What of an
 *       older removal n of c that is still on its way? Its row was forgotten before the new one was
 *       made, which takes that the group has carried out n; by (4) it does not do so again.
 *   <li><i>There is no row of c in g.</i> By (2) no chunk was given up between V and now. So every
 *       removal of c in g was given up before V. It was not open in V, or the check would have
 *       refused c. So it was forgotten before V, at index i or below, and the replica that was
 *       looked at had applied i: that c was there means that it was put again behind that removal.
 *       It is there, and by (4) no removal that is known takes it away.
 *   <li><i>c is given up.</i> Refused, by (2).
 * </ul>
 *
 * <p>Once the put is accepted, c's row is live. It is given up only after it was condemned, which
 * takes that no row of an object names c any more. Where c's row is of another group than a row of
 * an object says, its references count all the same; no removal in g is given up meanwhile.
 *
 * <p>Time serves only to make refusals rare: no step above asks for how long something was so.
 *
 * <h2>How rows go</h2>
 *
 * <p>The rows of replicas are equal, so rows go by commands of the log too ({@link RowSweep}). What
 * may go is found beside the log ({@link SweepSearch}) and only checked in it. The floor says down
 * to which revision nothing is missing; reads and new versions below it are refused.
 */
@NullMarked
package io.balsa.catalog;

import org.jspecify.annotations.NullMarked;
