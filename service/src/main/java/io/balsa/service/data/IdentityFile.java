package io.balsa.service.data;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.service.consensus.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * {@link NodeIdentity} on disk: lines of text and a checksum, docs/formats/identity.md. Written to
 * a temporary file, synced, renamed, and the folder synced, so that a crash leaves the old one or
 * the new one.
 */
final class IdentityFile {
  private static final String FIRST_LINE = "balsa-identity 1";
  private static final String CRC = "crc32c=";
  private static final long BYTES_MAX = 64 << 10;

  private IdentityFile() {}

  static Optional<NodeIdentity> read(Disk disk, Path file) throws IOException {
    if (!disk.exists(file)) {
      return Optional.empty();
    }
    try (DiskFile opened = disk.openToRead(file)) {
      if (opened.size() > BYTES_MAX) {
        throw new IOException(file + " is no identity file: it is too large");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) opened.size());
      opened.read(bytes, 0);
      return Optional.of(parse(file, StandardCharsets.UTF_8.decode(bytes.flip()).toString()));
    }
  }

  private static NodeIdentity parse(Path file, String text) throws IOException {
    int crcAt = text.lastIndexOf(CRC);
    if (!text.startsWith(FIRST_LINE + "\n")
        || crcAt < 0
        || !text.substring(crcAt).equals(crcLine(text.substring(0, crcAt)))) {
      throw new IOException(
          file
              + " is damaged or of another version: restore it; with an empty folder the node is"
              + " another one, which its cluster does not know");
    }
    Map<String, String> values = new HashMap<>();
    List<Member> founders = new ArrayList<>();
    for (String line : text.substring(FIRST_LINE.length() + 1, crcAt).lines().toList()) {
      String[] pair = line.split("=", 2);
      if (pair[0].equals("founder")) {
        String[] parts = pair[1].split(" ", -1);
        founders.add(new Member(Member.nodeIdOf(parts[0]), parts[0], parts[1], parts[2]));
      } else {
        values.put(pair[0], pair[1]);
      }
    }
    return identity(values, founders);
  }

  private static NodeIdentity identity(Map<String, String> values, List<Member> founders) {
    String peerId = required(values, "peer_id");
    Optional<NodeIdentity.Membership> membership =
        Optional.ofNullable(values.get("cluster_id"))
            .map(
                clusterId ->
                    new NodeIdentity.Membership(
                        clusterId,
                        Integer.parseInt(required(values, "chunk_groups")),
                        founders,
                        Boolean.parseBoolean(required(values, "groups_made"))));
    return new NodeIdentity(required(values, "node_id"), peerId, membership);
  }

  private static String required(Map<String, String> values, String key) {
    @Nullable String value = values.get(key);
    if (value == null) {
      throw new IllegalStateException("an identity file with a good checksum lacks " + key);
    }
    return value;
  }

  /** The bytes of an identity file. */
  static String format(NodeIdentity identity) {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    text.append("node_id=").append(identity.nodeId()).append('\n');
    text.append("peer_id=").append(identity.peerId()).append('\n');
    identity
        .membership()
        .ifPresent(
            membership -> {
              text.append("cluster_id=").append(membership.clusterId()).append('\n');
              text.append("chunk_groups=").append(membership.chunkGroups()).append('\n');
              text.append("groups_made=").append(membership.groupsMade()).append('\n');
              for (Member founder : membership.founders()) {
                text.append("founder=").append(founder.peerId());
                text.append(' ').append(founder.peerAddress());
                text.append(' ').append(founder.clientAddress()).append('\n');
              }
            });
    return text + crcLine(text.toString());
  }

  private static String crcLine(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return CRC + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
  }

  /** Replaces the file, or makes it; durable on return. */
  static void write(Disk disk, Path file, NodeIdentity identity) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    if (disk.exists(temporary)) {
      disk.delete(temporary);
    }
    try (DiskFile made = disk.create(temporary)) {
      made.write(StandardCharsets.UTF_8.encode(format(identity)), 0);
      made.sync();
    }
    disk.rename(temporary, file);
    disk.syncFolder(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a root folder"));
  }
}
