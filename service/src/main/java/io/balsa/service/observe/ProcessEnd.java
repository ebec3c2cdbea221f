package io.balsa.service.observe;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Ends the process at once. {@link Runtime#halt} runs the C library's exit handlers, and RocksDB's
 * wait for its threads: a third of a second as a rule, and a whole one behind a flush that failed,
 * in which a node that must stop would live on. So this is POSIX' {@code _exit}, where there is
 * one. No state.
 */
final class ProcessEnd {
  /** Found when the class is loaded: nothing may have to be found in a process that fails. */
  private static final Optional<MethodHandle> EXIT = find();

  private ProcessEnd() {}

  @SuppressWarnings("restricted") // Needs --enable-native-access, as RocksDB does.
  private static Optional<MethodHandle> find() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("_exit")
        .map(
            address ->
                linker.downcallHandle(address, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)));
  }

  /** Does not return. Runs no hooks and flushes nothing. */
  static void now(int code) {
    try {
      if (EXIT.isPresent()) {
        EXIT.get().invokeExact(code);
      }
    } catch (Throwable e) {
      System.err.println("balsa: _exit: " + e);
    }
    Runtime.getRuntime().halt(code);
  }
}
