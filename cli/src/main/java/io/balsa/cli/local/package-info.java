/**
 * Real nodes on this machine, each a process with a folder and ports of its own, for commands that
 * show or measure something. Begin with {@link io.balsa.cli.local.LocalCluster}. Nothing of a node
 * is linked in.
 */
@NullMarked
package io.balsa.cli.local;

import org.jspecify.annotations.NullMarked;
