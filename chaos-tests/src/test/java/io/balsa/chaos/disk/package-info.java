/**
 * The legal states of a disk after a power cut, tried one by one: what is done through the door of
 * {@link io.balsa.chunk.Disk} is recorded, and each state that a crash may leave is made and handed
 * to a check. After Pillai et al., All File Systems Are Not Created Equal, OSDI 2014.
 */
@NullMarked
package io.balsa.chaos.disk;

import org.jspecify.annotations.NullMarked;
