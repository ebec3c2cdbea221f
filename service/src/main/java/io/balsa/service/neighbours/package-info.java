/**
 * What the members of a cluster tell each other every second, and what each concludes for itself:
 * whether a write would fill a disk, whether to lead, and whether its state is the others' state.
 */
@NullMarked
package io.balsa.service.neighbours;

import org.jspecify.annotations.NullMarked;
