package io.balsa.catalog;

import io.balsa.model.Sha256;

/**
 * An order-independent digest of a set: the sum of its members' SHA-256, in four lanes modulo 2^64.
 * Replicas with the same members have the same digest, whatever the order of changes. It finds
 * divergence by defect or rot; it is no defence against somebody who picks the members (AdHash,
 * Bellare and Micciancio 1997).
 *
 * @param a lane 0
 * @param b lane 1
 * @param c lane 2
 * @param d lane 3
 */
public record StateDigest(long a, long b, long c, long d) {
  /** Of the empty set. */
  public static final StateDigest ZERO = new StateDigest(0, 0, 0, 0);

  /** With one more member. */
  public StateDigest plus(Sha256 member) {
    return new StateDigest(a + member.a(), b + member.b(), c + member.c(), d + member.d());
  }

  /** With one member less. */
  public StateDigest minus(Sha256 member) {
    return new StateDigest(a - member.a(), b - member.b(), c - member.c(), d - member.d());
  }

  /** 32 bytes, big-endian lanes. */
  public byte[] toBytes() {
    return new Sha256(a, b, c, d).toBytes();
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return new Sha256(a, b, c, d).toString();
  }
}
