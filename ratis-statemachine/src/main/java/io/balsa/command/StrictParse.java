package io.balsa.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.balsa.model.Sha256;
import io.balsa.proto.log.v1.MetadataPair;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reading that refuses what it does not know, where protobuf would pass it by. Pure; safe on every
 * thread.
 */
final class StrictParse {
  private StrictParse() {}

  /** Parses the remaining bytes; the buffer's position does not move. */
  static <M extends Message> M parse(Parser<M> parser, ByteBuffer bytes) {
    try {
      return known(parser.parseFrom(bytes.duplicate()));
    } catch (InvalidProtocolBufferException e) {
      throw new UnreadableEntry("not a message of balsa.log.v1", e);
    }
  }

  /** The same message, which has no unknown field of its own; nested ones are checked apart. */
  static <M extends Message> M known(M message) {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new UnreadableEntry(
          message.getDescriptorForType().getName()
              + " has the unknown fields "
              + message.getUnknownFields().asMap().keySet());
    }
    return message;
  }

  /** A digest's 32 bytes. */
  static Sha256 sha256(ByteString bytes) {
    return Sha256.fromBytes(bytes.toByteArray());
  }

  /** Pairs that are in order of key, none twice. */
  static SortedMap<String, String> pairs(List<MetadataPair> pairs) {
    SortedMap<String, String> sorted = new TreeMap<>();
    for (MetadataPair pair : pairs) {
      known(pair);
      if (!sorted.isEmpty() && sorted.lastKey().compareTo(pair.getKey()) >= 0) {
        throw new UnreadableEntry("keys are not in order: " + pair.getKey());
      }
      sorted.put(pair.getKey(), pair.getValue());
    }
    return sorted;
  }

  /** Pairs in order of key. */
  static List<MetadataPair> pairs(SortedMap<String, String> pairs) {
    return pairs.entrySet().stream()
        .map(e -> MetadataPair.newBuilder().setKey(e.getKey()).setValue(e.getValue()).build())
        .toList();
  }
}
