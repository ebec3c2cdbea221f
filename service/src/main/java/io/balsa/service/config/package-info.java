/**
 * The settings of a node: one tree of records, {@link io.balsa.service.config.NodeConfig}, whose
 * components carry their meaning, unit, default and range; {@link
 * io.balsa.service.config.ConfigLoader} fills it from YAML, environment and flags, and {@link
 * io.balsa.service.config.ConfigPrinter} shows it. Nothing else in the node reads the environment
 * or system properties. Everything here is immutable or stateless and safe on every thread; it is
 * used once, at start-up.
 */
@NullMarked
package io.balsa.service.config;

import org.jspecify.annotations.NullMarked;
