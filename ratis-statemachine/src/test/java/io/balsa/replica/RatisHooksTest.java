package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.statemachine.StateMachine;
import org.junit.jupiter.api.Test;

/**
 * No hook of Ratis is inherited unnoticed. Its defaults complete successfully and do nothing, so a
 * forgotten {@code flush} would lose data with all tests green; and a new release may add one.
 */
class RatisHooksTest {
  /** Hooks that both machines inherit on purpose, and why. */
  private static final Map<String, String> BOTH =
      Map.ofEntries(
          Map.entry("data()", "answers this object"),
          Map.entry("event()", "answers this object"),
          Map.entry("leaderEvent()", "answers this object"),
          Map.entry("followerEvent()", "answers this object"),
          Map.entry("getLifeCycleState()", "reads the life cycle that we move"),
          Map.entry("getLastAppliedTermIndex()", "reads the position that we set"),
          Map.entry("getStateMachineStorage()", "stores say themselves what they hold; no files"),
          Map.entry("startTransaction(LogEntryProto, RaftPeerRole)", "the entry says it all"),
          Map.entry("preAppendTransaction(TransactionContext)", "stamps are put in before"),
          Map.entry("cancelTransaction(TransactionContext)", "a proposal leaves nothing behind"),
          Map.entry("applyTransactionSerial(TransactionContext)", "applyTransaction is serial too"),
          Map.entry("toStateMachineLogEntryString(StateMachineLogEntryProto)", "for Ratis' logs"),
          Map.entry("read(LogEntryProto)", "Ratis calls the form with a context"),
          Map.entry("write(LogEntryProto)", "Ratis calls the form with a context"),
          Map.entry("transferTo(Message, WritableByteChannel)", "of data streams, which we refuse"),
          Map.entry("notifyLeaderChanged(RaftGroupMemberId, RaftPeerId)", "asked when needed"),
          Map.entry("notifyGroupRemove()", "no group is removed while a node runs"),
          Map.entry(
              "notifySnapshotInstalled(InstallSnapshotResult, long, RaftPeer)",
              "Ratis installs nothing here"),
          Map.entry("notifyServerShutdown(RoleInfoProto)", "close() follows"),
          Map.entry("notifyServerShutdown(RoleInfoProto, boolean)", "close() follows"),
          Map.entry("notifyFollowerSlowness(RoleInfoProto)", "deprecated; the next one is called"),
          Map.entry("notifyFollowerSlowness(RoleInfoProto, RaftPeer)", "nothing acts on it yet"),
          Map.entry("notifyNotLeader(Collection)", "each proposer hears it in its own reply"),
          Map.entry("notifyLeaderReady()", "asked when needed"),
          Map.entry("notifyExtendedNoLeader(RoleInfoProto)", "callers are refused by deadline"));

  /** Hooks that only the catalog inherits: its entries have no data beside the log. */
  private static final Set<String> CATALOG =
      Set.of(
          "read(LogEntryProto, TransactionContext)",
          "write(LogEntryProto, TransactionContext)",
          "flush(long)",
          "stream(RaftClientRequest)",
          "link(DataStream, LogEntryProto)");

  @Test
  void theChunksInheritWhatIsListed() {
    assertThat(inherited(ChunkStateMachine.class)).isEqualTo(new TreeSet<>(BOTH.keySet()));
  }

  @Test
  void theCatalogInheritsWhatIsListed() {
    Set<String> listed = new TreeSet<>(BOTH.keySet());
    listed.addAll(CATALOG);
    assertThat(inherited(CatalogStateMachine.class)).isEqualTo(listed);
  }

  /** Hooks that a machine of ours does not define. */
  private static Set<String> inherited(Class<? extends StateMachine> machine) {
    return Stream.of(
            StateMachine.class,
            StateMachine.DataApi.class,
            StateMachine.EventApi.class,
            StateMachine.LeaderEventApi.class,
            StateMachine.FollowerEventApi.class)
        .flatMap(api -> Arrays.stream(api.getMethods()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !isOurs(machine, method))
        .map(RatisHooksTest::signature)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isOurs(Class<?> machine, Method hook) {
    try {
      Class<?> owner =
          machine.getMethod(hook.getName(), hook.getParameterTypes()).getDeclaringClass();
      return owner.getPackageName().startsWith("io.balsa");
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  private static String signature(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }
}
