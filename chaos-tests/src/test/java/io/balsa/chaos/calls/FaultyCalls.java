package io.balsa.chaos.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The test's end of {@code faulty_calls.c}: compiles the library, names it to processes by their
 * environment, and tells it which of their system calls fail. Needs a C compiler and a loader that
 * preloads; where one is missing the test is skipped, and says so.
 *
 * <p>All processes with one {@link #environment} obey the same rules; name a node's folder in a
 * rule to mean that node alone. One thread at a time.
 */
public final class FaultyCalls {
  private static final int RULES_MAX = 128;
  private static final int RULE_BYTES = 256;
  private static final int CALLS_AT = 4;
  private static final int ERROR_AT = 8;
  private static final int DELAY_AT = 12;
  private static final int BITES_AT = 16;
  private static final int FIRST_AT = 24;
  private static final int PART_AT = 32;
  private static final int PART_BYTES = 104;
  private static final int PARTS_MAX = 2;
  private static final int INODE_AT = 240;
  private static final int DEVICE_AT = 248;
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final Path library;
  private final Path control;
  private final ByteBuffer page;
  private int rules;

  private FaultyCalls(Path library, Path control, ByteBuffer page) {
    this.library = library;
    this.control = control;
    this.page = page;
  }

  /** What was told to fail, and whether it did. */
  public final class Rule {
    private final int at;

    private Rule(int at) {
      this.at = at;
    }

    /** How many calls failed or waited. */
    public long bites() {
      return (long) LONG.getVolatile(page, at + BITES_AT);
    }

    /** When the first of them came, by {@link System#nanoTime}; empty before. */
    public OptionalLong firstBiteNanos() {
      // Both read CLOCK_MONOTONIC.
      long first = (long) LONG.getVolatile(page, at + FIRST_AT);
      return first == 0 ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /** The rule acts no more, and whoever waits by it goes on. */
    public void end() {
      INT.setVolatile(page, at, 0);
    }
  }

  /**
   * Compiles the library and tries it.
   *
   * @param folder for its files
   */
  public static FaultyCalls install(Path folder) {
    try {
      Path library = compile(folder);
      Path control = folder.resolve("faulty_calls.control");
      try (FileChannel channel =
          FileChannel.open(
              control,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        ByteBuffer page =
            channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) RULES_MAX * RULE_BYTES);
        FaultyCalls made = new FaultyCalls(library, control, page.order(ByteOrder.nativeOrder()));
        made.requireEffect(folder);
        return made;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path compile(Path folder) throws IOException {
    Path source = folder.resolve("faulty_calls.c");
    Path library = folder.resolve("faulty_calls.so");
    try (InputStream text = FaultyCalls.class.getResourceAsStream("faulty_calls.c")) {
      Files.copy(text, source);
    }
    Path said = folder.resolve("faulty_calls.txt");
    try {
      Process compiler =
          new ProcessBuilder(
                  "cc",
                  "-std=c11",
                  "-O2",
                  "-Wall",
                  "-Wextra",
                  "-Werror",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  source.toString(),
                  "-ldl")
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      assertThat(compiler.waitFor()).as("%s", Files.readString(said)).isZero();
      return library;
    } catch (IOException e) {
      return abort("SKIPPED: no C compiler here, so no system call can be made to fail: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A write that must fail: else the loader ignores the library, and every test would pass. */
  private void requireEffect(Path folder) throws IOException {
    Rule rule = fail(EnumSet.of(Call.WRITE), Errno.ENOSPC, "faulty_calls.probe");
    ProcessBuilder writer =
        new ProcessBuilder(
                "dd", "if=/dev/zero", "of=" + folder.resolve("faulty_calls.probe"), "count=1")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    writer.environment().putAll(environment());
    try {
      int code = writer.start().waitFor();
      if (code == 0 || rule.bites() == 0) {
        abort("SKIPPED: no library can be preloaded here, so no system call can be made to fail");
      }
      rule.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** For the processes whose calls are to fail. */
  public Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "FAULTY_CALLS", control.toString());
  }

  /**
   * Lets calls fail from now on.
   *
   * @param parts one or two texts, both in the paths of the files that they are about
   */
  public Rule fail(Set<Call> calls, Errno error, String... parts) {
    return arm(calls, error.number, Duration.ZERO, parts);
  }

  /**
   * Lets no byte of a file be read from now on, as if its sectors had gone bad, whatever it is
   * called later. Another file under its name can be read.
   */
  public Rule loseReads(Path file) {
    try {
      // Else another file might get its number when it is deleted.
      Files.createLink(library.resolveSibling("unreadable-" + rules), file);
      int at = rules * RULE_BYTES;
      page.putLong(at + INODE_AT, (long) Files.getAttribute(file, "unix:ino"));
      page.putLong(at + DEVICE_AT, (long) Files.getAttribute(file, "unix:dev"));
      return fail(EnumSet.of(Call.READ), Errno.EIO, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets calls wait from now on before they go on. With a long delay they hang until the rule ends.
   *
   * @param parts one or two texts, both in the paths of the files that they are about
   */
  public Rule delay(Set<Call> calls, Duration delay, String... parts) {
    return arm(calls, 0, delay, parts);
  }

  private Rule arm(Set<Call> calls, int error, Duration delay, String... parts) {
    // A rule's place is used once: whoever reads it in another process never sees it change.
    if (rules == RULES_MAX) {
      throw new IllegalStateException("there is no place for a rule more than " + RULES_MAX);
    }
    int at = rules++ * RULE_BYTES;
    for (int i = 0; i < parts.length; i++) {
      byte[] part = parts[i].getBytes(StandardCharsets.UTF_8);
      if (i == PARTS_MAX || part.length >= PART_BYTES) {
        throw new IllegalArgumentException(String.join(" and ", parts) + " is too much");
      }
      page.put(at + PART_AT + i * PART_BYTES, part);
    }
    page.putInt(at + ERROR_AT, error);
    page.putInt(at + DELAY_AT, Math.toIntExact(delay.toMillis()));
    page.putInt(at + CALLS_AT, calls.stream().mapToInt(call -> call.bit).sum());
    INT.setVolatile(page, at, 1);
    return new Rule(at);
  }
}
