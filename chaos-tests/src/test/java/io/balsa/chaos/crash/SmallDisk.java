package io.balsa.chaos.crash;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file system in memory that is soon full. Needs the right to mount; where that is missing the
 * test is skipped, and says so. One thread at a time.
 *
 * <p>The mount's name carries the process id; whoever comes after a process that was killed
 * unmounts what it left behind.
 */
final class SmallDisk implements AutoCloseable {
  private static final String NAME = "balsa-small-";
  private static final Pattern MOUNTED = Pattern.compile(" (\\S*/" + NAME + "([0-9]+)) tmpfs ");

  private final Path mount;

  private SmallDisk(Path mount) {
    this.mount = mount;
  }

  /** Mounts one of so many MiB. */
  static SmallDisk mount(Path folder, int mebibytes) throws IOException {
    Matcher mounted = MOUNTED.matcher(Files.readString(Path.of("/proc/mounts")));
    while (mounted.find()) {
      if (ProcessHandle.of(Long.parseLong(mounted.group(2))).isEmpty()) {
        var _ = PowerSwitch.exec("umount", "-l", mounted.group(1));
      }
    }
    Path mount = Files.createDirectory(folder.resolve(NAME + ProcessHandle.current().pid()));
    Optional<String> problem =
        PowerSwitch.exec(
            "mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", mount.toString());
    return problem.isEmpty()
        ? new SmallDisk(mount)
        : abort("SKIPPED: no file system can be mounted, so no disk can be full: " + problem.get());
  }

  /** Where it is mounted. */
  Path folder() {
    return mount;
  }

  /** Bytes that are free. */
  long freeBytes() throws IOException {
    return Files.getFileStore(mount).getUsableSpace();
  }

  /** Nobody uses it any more. */
  @Override
  public void close() {
    var _ = PowerSwitch.exec("umount", "-l", mount.toString());
  }
}
