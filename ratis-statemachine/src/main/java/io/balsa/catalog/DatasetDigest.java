package io.balsa.catalog;

import io.balsa.model.BrokenInvariant;
import io.balsa.model.ObjectPath;
import io.balsa.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * What a set of objects amounts to, whatever their order: LtHash with 1,024 lanes of 16 bits
 * (Bellare and Micciancio 1997; Lewi, Kim, Maykov and Weis 2019), over SHA-256. A set's digest
 * follows from another's by adding and removing the difference. docs/formats/digest.md has the
 * recipe. Mutable; not thread-safe.
 */
public final class DatasetDigest {
  /** Size of the state in bytes. */
  public static final int STATE_BYTES = 2_048;

  private static final int LANES = STATE_BYTES / Short.BYTES;
  private static final int BLOCKS = STATE_BYTES / Sha256.BYTES;
  private static final byte[] DOMAIN = "balsa.dataset.v1\0".getBytes(StandardCharsets.US_ASCII);

  private final short[] lanes = new short[LANES];

  /** Of the empty set. */
  public DatasetDigest() {}

  /**
   * Continues from a saved state.
   *
   * @param state {@link #STATE_BYTES} bytes of {@link #state}
   */
  public static DatasetDigest ofState(byte[] state) {
    if (state.length != STATE_BYTES) {
      throw new IllegalArgumentException(
          "a state has " + STATE_BYTES + " bytes, given " + state.length);
    }
    DatasetDigest digest = new DatasetDigest();
    digest.shift(state, 1);
    return digest;
  }

  /** Adds a member that is not in the set. */
  public void add(ObjectPath path, Sha256 digest) {
    shift(expand(path, digest), 1);
  }

  /** Removes a member of the set. */
  public void remove(ObjectPath path, Sha256 digest) {
    shift(expand(path, digest), -1);
  }

  /** Adds all members of another set; the two have none in common. */
  public void combine(DatasetDigest other) {
    shift(other.state(), 1);
  }

  /** The lanes, each little-endian, in a new array. */
  public byte[] state() {
    ByteBuffer state = ByteBuffer.allocate(STATE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    state.asShortBuffer().put(lanes);
    return state.array();
  }

  /** The set's digest: SHA-256 of the state. */
  public Sha256 digest() {
    return Sha256.of(ByteBuffer.wrap(state()));
  }

  private void shift(byte[] element, int sign) {
    ByteBuffer from = ByteBuffer.wrap(element).order(ByteOrder.LITTLE_ENDIAN);
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (short) (lanes[lane] + sign * from.getShort(lane * Short.BYTES));
    }
  }

  private static byte[] expand(ObjectPath path, Sha256 digest) {
    MessageDigest sha256 = Sha256.newDigest();
    byte[] pathBytes = path.toBytes();
    sha256.update(DOMAIN);
    sha256.update(u32(pathBytes.length));
    sha256.update(pathBytes);
    byte[] seed = sha256.digest(digest.toBytes());
    byte[] expanded = new byte[STATE_BYTES];
    try {
      for (int block = 0; block < BLOCKS; block++) {
        sha256.update(seed);
        sha256.update(u32(block));
        sha256.digest(expanded, block * Sha256.BYTES, Sha256.BYTES);
      }
    } catch (DigestException e) {
      throw new BrokenInvariant("a block has room for a SHA-256", e);
    }
    return expanded;
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}
