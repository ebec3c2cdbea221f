package io.balsa.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder of one group's packs: their names, and the birth of a new one. A pack has its final
 * name only once its header is durable, so a {@code pack-<n>.pack} without a good header is rot and
 * never a half-made file. Not thread-safe; no state.
 */
record PackFolder(Path path, int group, PackOptions options) {
  private static final Pattern PACK = Pattern.compile("pack-([1-9][0-9]{0,8})\\.pack");
  private static final String UNBORN = ".new";

  Disk disk() {
    return options.disk();
  }

  Path file(int pack) {
    return path.resolve("pack-" + pack + ".pack");
  }

  /**
   * Makes the folder if it is missing, clears away packs that a crash left half-made, and makes the
   * names durable, in case that the crash came between a pack's birth and its folder's force.
   */
  void prepare() throws IOException {
    disk().createFolders(path);
    for (Path child : disk().list(path)) {
      if (child.getFileName().toString().endsWith(UNBORN)) {
        disk().delete(child);
      }
    }
    disk().syncFolder(path);
  }

  /** The packs that are there, by number. Files of other names are none of ours. */
  SortedMap<Integer, Path> packs() throws IOException {
    SortedMap<Integer, Path> packs = new TreeMap<>();
    for (Path child : disk().list(path)) {
      Matcher name = PACK.matcher(child.getFileName().toString());
      if (name.matches()) {
        packs.put(Integer.parseInt(name.group(1)), child);
      }
    }
    return packs;
  }

  /** Makes a pack that holds its header and nothing else; header and name are durable on return. */
  OpenPack create(int pack) throws IOException {
    PackHeader header = new PackHeader(group, pack, options.salts().getAsLong());
    Path unborn = path.resolve(file(pack).getFileName() + UNBORN);
    DiskFile file = disk().create(unborn);
    try {
      file.write(PackFormat.encode(header), 0);
      file.sync();
      disk().rename(unborn, file(pack));
      disk().syncFolder(path);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new OpenPack(header, file);
  }

  /**
   * Opens a pack to append.
   *
   * @throws IOException also if its header is damaged
   */
  OpenPack open(int pack) throws IOException {
    DiskFile file = disk().open(file(pack));
    try {
      Optional<PackHeader> header = header(file, pack);
      return new OpenPack(
          header.orElseThrow(() -> new IOException(file(pack) + " has a damaged header")), file);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Reads a pack's header; empty if it is damaged, or of another pack: files were mixed up. */
  Optional<PackHeader> header(DiskFile file, int pack) throws IOException {
    return anyHeader(file).filter(header -> header.group() == group && header.pack() == pack);
  }

  /**
   * Refuses a folder whose packs are all another group's: folders were mixed up, and whoever did it
   * must sort them out. One that holds a strange pack among its own is only damaged.
   */
  void requireOwn() throws IOException {
    Optional<PackHeader> strange = Optional.empty();
    for (Path pack : packs().values()) {
      try (DiskFile file = new PatchyFile(disk().openToRead(pack))) {
        Optional<PackHeader> header = anyHeader(file);
        if (header.isPresent() && header.get().group() == group) {
          return;
        }
        strange = header.isPresent() ? header : strange;
      }
    }
    if (strange.isPresent()) {
      throw new IOException(path + " should hold packs of group " + group + ": " + strange.get());
    }
  }

  private static Optional<PackHeader> anyHeader(DiskFile file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(PackFormat.FILE_HEADER_BYTES);
    file.read(bytes, 0);
    return PackFormat.decodeFile(bytes.flip());
  }

  /** A pack that is open to append. */
  record OpenPack(PackHeader header, DiskFile file) {}
}
