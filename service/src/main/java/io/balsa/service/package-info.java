/** The node: wires configuration, consensus, storage and the gRPC front end, and runs them. */
@NullMarked
package io.balsa.service;

import org.jspecify.annotations.NullMarked;
