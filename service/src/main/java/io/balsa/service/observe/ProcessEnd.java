package io.balsa.service.observe;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandleProxies;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Ends the process at once. {@link Runtime#halt} runs the C library's exit handlers, and RocksDB's
 * wait for its threads: a third of a second as a rule, and a whole one behind a flush that failed,
 * in which a node that must stop would live on. So this is POSIX' {@code _exit}, where there is
 * one. No state.
 */
final class ProcessEnd {
  /** Found when the class is loaded, which is before it is needed: see {@link #prepare}. */
  private static final Optional<IntConsumer> EXIT = find();

  private ProcessEnd() {}

  @SuppressWarnings("restricted") // Needs --enable-native-access, as RocksDB does.
  private static Optional<IntConsumer> find() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("_exit")
        .map(
            address ->
                linker.downcallHandle(address, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)))
        .map(exit -> MethodHandleProxies.asInterfaceInstance(IntConsumer.class, exit));
  }

  /** Finds what a process that fails may not be able to find any more. */
  static void prepare() {
    // Whoever calls this has loaded the class.
  }

  /** Does not return. Runs no hooks and flushes nothing. */
  static void now(int code) {
    EXIT.ifPresent(exit -> exit.accept(code));
    Runtime.getRuntime().halt(code);
  }
}
