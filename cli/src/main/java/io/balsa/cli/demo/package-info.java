/**
 * {@code balsa demo}: three real nodes on this machine, real files, a real kill, every claim
 * checked. Begin with {@link io.balsa.cli.demo.DemoStory}. Nodes are started as processes and
 * reached through the SDK; nothing of a node is linked in.
 */
@NullMarked
package io.balsa.cli.demo;

import org.jspecify.annotations.NullMarked;
