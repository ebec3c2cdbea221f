/**
 * Admission: how much one node works on at a time, in calls and in bytes. What is beyond is refused
 * at once, never queued. Knows no gRPC; every class is thread-safe.
 */
@NullMarked
package io.balsa.service.admission;

import org.jspecify.annotations.NullMarked;
