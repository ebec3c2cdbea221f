package io.balsa.chaos.crash;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandleProxies;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file system whose power can be cut: ext4 on a loop device, shut down without a flush of its
 * journal, so that what was not forced is lost. Needs root. One thread at a time.
 *
 * <p>The mount's name carries the process id; whoever comes after a process that was killed
 * unmounts what it left behind.
 */
final class PowerSwitch implements AutoCloseable {
  private static final String NAME = "balsa-power-";
  private static final Pattern MOUNTED = Pattern.compile(" (\\S*/" + NAME + "([0-9]+)) ext4 ");

  /** _IOR('X', 125, __u32) of the kernel's fs/ext4/ext4.h. */
  private static final long EXT4_IOC_SHUTDOWN = 0x8004587DL;

  private static final int EXT4_GOING_FLAGS_NOLOGFLUSH = 2;
  private static final int O_RDONLY = 0;
  private static final int UNMOUNT_TRIES_MAX = 100;
  private static final String IMAGE_BYTES = "1G";

  private final Path image;
  private final Path mount;

  private PowerSwitch(Path image, Path mount) {
    this.image = image;
    this.mount = mount;
  }

  /** Why this machine cannot do it; empty if it can. */
  static Optional<String> whyNot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("not root");
    }
    for (String needed : List.of("/dev/loop-control", "/sbin/mkfs.ext4")) {
      if (!Files.exists(Path.of(needed))) {
        return Optional.of("no " + needed);
      }
    }
    return Optional.empty();
  }

  /** Makes an empty file system and mounts it. */
  static PowerSwitch install(Path folder) throws IOException {
    unmountLeftovers();
    Path image = folder.resolve("disk.img");
    Path mount = Files.createDirectory(folder.resolve(NAME + ProcessHandle.current().pid()));
    run("truncate", "-s", IMAGE_BYTES, image.toString());
    run("mkfs.ext4", "-q", "-F", image.toString());
    PowerSwitch made = new PowerSwitch(image, mount);
    made.mountIt();
    return made;
  }

  private static void unmountLeftovers() throws IOException {
    Matcher mounted = MOUNTED.matcher(Files.readString(Path.of("/proc/mounts")));
    while (mounted.find()) {
      if (ProcessHandle.of(Long.parseLong(mounted.group(2))).isEmpty()) {
        run("umount", "-l", mounted.group(1));
      }
    }
  }

  /** Where it is mounted. */
  Path mount() {
    return mount;
  }

  /** Loses all that was not forced; whoever goes on to write fails. */
  void cut() {
    try (Arena arena = Arena.ofConfined()) {
      int file = OPEN.call(arena.allocateFrom(mount.toString()), O_RDONLY);
      MemorySegment flags = arena.allocateFrom(ValueLayout.JAVA_INT, EXT4_GOING_FLAGS_NOLOGFLUSH);
      int result = IOCTL.call(file, EXT4_IOC_SHUTDOWN, flags);
      int closed = CLOSE.call(file);
      if (file < 0 || result < 0 || closed < 0) {
        throw new IllegalStateException("cannot shut down " + mount);
      }
    }
  }

  /** Mounts what was forced. Nobody has a file open. */
  void restore() {
    unmount();
    mountIt();
  }

  private void mountIt() {
    // Without the tricks by which ext4 forgives a rename without a force.
    run("mount", "-o", "loop,noauto_da_alloc,commit=60", image.toString(), mount.toString());
  }

  private void unmount() {
    for (int tries = 1; !exec("umount", mount.toString()).isEmpty(); tries++) {
      if (tries == UNMOUNT_TRIES_MAX) {
        throw new IllegalStateException("cannot unmount " + mount);
      }
    }
  }

  @Override
  public void close() {
    unmount();
  }

  private static void run(String... command) {
    Optional<String> problem = exec(command);
    if (problem.isPresent()) {
      throw new IllegalStateException(String.join(" ", command) + ": " + problem.get());
    }
  }

  /** Runs a command; what went wrong, if anything. */
  static Optional<String> exec(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0) {
        return Optional.empty();
      }
      return Optional.of(printed);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** open(2). */
  public interface Open {
    /** A file's number; below 0 for an error. */
    int call(MemorySegment path, int flags);
  }

  /** close(2). */
  public interface Close {
    /** Below 0 for an error. */
    int call(int file);
  }

  /** ioctl(2). */
  public interface Ioctl {
    /** Below 0 for an error. */
    int call(int file, long request, MemorySegment argument);
  }

  private static final Open OPEN =
      function(
          Open.class,
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final Close CLOSE =
      function(
          Close.class, "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final Ioctl IOCTL =
      function(
          Ioctl.class,
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));

  // Restricted, since a wrong descriptor crashes the process; these are right.
  @SuppressWarnings("restricted")
  private static <T> T function(
      Class<T> type, String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return MethodHandleProxies.asInterfaceInstance(
        type,
        linker.downcallHandle(
            linker.defaultLookup().find(name).orElseThrow(), descriptor, options));
  }
}
