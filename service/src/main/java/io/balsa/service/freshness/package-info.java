/**
 * Freshness: barriers that prove how new a replica's state is, and the age that they prove. Knows
 * no Ratis and no gRPC; one monotonic clock, no clock synchronisation.
 */
@NullMarked
package io.balsa.service.freshness;

import org.jspecify.annotations.NullMarked;
