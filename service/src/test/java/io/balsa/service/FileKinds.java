package io.balsa.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a data folder, by what they are. */
final class FileKinds {
  /** Copies that a node keeps for people. */
  private static final List<String> NOT_USED = List.of("quarantine/", "outgoing/");

  private FileKinds() {}

  /** All files that a node uses, by kind: the catalog's and the chunk groups' apart. */
  static Map<String, List<Path>> in(Path data) throws IOException {
    Map<String, List<Path>> kinds = new TreeMap<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = data.relativize(file).toString();
        if (NOT_USED.stream().noneMatch(name::startsWith)) {
          kinds.computeIfAbsent(kind(file, name), _ -> new ArrayList<>()).add(file);
        }
      }
    }
    return kinds;
  }

  /** The name without what differs between files of a kind. */
  private static String kind(Path file, String name) throws IOException {
    if (name.endsWith(".pack")) {
      return isLast(file) ? "pack, open" : "pack, sealed";
    }
    return name.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "GROUP")
        .replaceAll("[0-9]+-[0-9]+", "N-N")
        .replaceAll("[0-9]+", "N");
  }

  private static boolean isLast(Path pack) throws IOException {
    try (Stream<Path> files = Files.list(pack.getParent())) {
      return files
          .filter(file -> file.toString().endsWith(".pack"))
          .allMatch(file -> number(file) <= number(pack));
    }
  }

  private static long number(Path pack) {
    return Long.parseLong(pack.getFileName().toString().replaceAll("[^0-9]", ""));
  }
}
