package io.balsa.command;

import io.balsa.model.Limits;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.proto.log.v1.CatalogCommand;
import io.balsa.proto.log.v1.CatalogEntry;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A {@link CommandBatch} to the bytes of a catalog log entry and back; docs/formats/log.md. Equal
 * batches have equal bytes. Pure; safe on every thread.
 */
public final class CommandCodec {
  /** The only format version so far. */
  static final int FORMAT_VERSION = 1;

  /** A field tag of one byte and a length of at most five. */
  private static final int ENVELOPE_BYTES_MAX = 6;

  private CommandCodec() {}

  /**
   * An entry's bytes, in a new array.
   *
   * @throws io.balsa.model.InvalidField if they are more than {@link
   *     Limits#ENTRY_COMMAND_BYTES_MAX}
   */
  public static byte[] encode(CommandBatch batch) {
    CatalogEntry.Builder entry =
        CatalogEntry.newBuilder()
            .setVersion(FORMAT_VERSION)
            .setTimeMs(batch.stamp().timeMillis())
            .setRepliesKeptRevisions(batch.stamp().repliesKeptRevisions())
            .setRepliesKeptMs(batch.stamp().repliesKeptMillis());
    batch.commands().forEach(envelope -> entry.addCommands(encode(envelope)));
    batch.mark().map(DigestMarkCodec::encode).ifPresent(entry::setDigestMark);
    byte[] bytes = entry.build().toByteArray();
    Limits.require("entry bytes", bytes.length, 0, Limits.ENTRY_COMMAND_BYTES_MAX);
    return bytes;
  }

  /**
   * The batch of an entry's remaining bytes; the buffer's position does not move.
   *
   * @throws UnreadableEntry if they are not an entry that this build knows; the replica stops
   */
  public static CommandBatch decode(ByteBuffer bytes) {
    CatalogEntry entry = StrictParse.parse(CatalogEntry.parser(), bytes);
    if (entry.getVersion() != FORMAT_VERSION) {
      throw new UnreadableEntry(
          "entry has version " + entry.getVersion() + ", this build reads " + FORMAT_VERSION);
    }
    try {
      return new CommandBatch(
          new CommandBatch.Stamp(
              entry.getTimeMs(), entry.getRepliesKeptRevisions(), entry.getRepliesKeptMs()),
          entry.getCommandsList().stream().map(CommandCodec::decode).toList(),
          entry.hasDigestMark()
              ? Optional.of(DigestMarkCodec.decode(entry.getDigestMark()))
              : Optional.empty());
    } catch (IllegalArgumentException e) {
      // InvalidField and its kin: a leader of this build would not have proposed it.
      throw new UnreadableEntry("entry: " + e.getMessage(), e);
    }
  }

  /**
   * What a command adds to an entry's bytes, at most; a proposer sums it to stay within {@link
   * Limits#ENTRY_COMMAND_BYTES_MAX}.
   */
  public static int encodedBytes(Envelope envelope) {
    return ENVELOPE_BYTES_MAX + encode(envelope).getSerializedSize();
  }

  /**
   * Tells a retry from another command under the same request id: the first 8 bytes, big-endian, of
   * the SHA-256 of the encoded command without its request id, and without what a leader found out
   * about the chunks of a put.
   */
  public static long fingerprint(Command command) {
    Command asked = command instanceof Command.PutObject put ? put.unchecked() : command;
    byte[] encoded = CommandEncoder.encode(asked).build().toByteArray();
    return Sha256.of(ByteBuffer.wrap(encoded)).a();
  }

  private static CatalogCommand encode(Envelope envelope) {
    return CommandEncoder.encode(envelope.command())
        .setRequestId(envelope.requestId().text())
        .build();
  }

  private static Envelope decode(CatalogCommand command) {
    StrictParse.known(command);
    return new Envelope(new RequestId(command.getRequestId()), CommandDecoder.decode(command));
  }
}
