package io.balsa.service;

import io.balsa.chunk.Disk;
import io.balsa.service.config.ConfigLoader;
import io.balsa.service.config.ConfigProblem;
import io.balsa.service.config.NodeConfig;
import io.balsa.service.consensus.Member;
import io.balsa.service.grpc.PeerLinks;
import io.balsa.service.observe.Halt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code balsa dev}: three nodes in one process, for trying the API. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    description = "Runs three nodes in one process over a folder, to try the API.",
    footer = {
      "",
      "The cluster is formed on first use and kept in the folder.",
      "Example:",
      "  balsa dev /tmp/balsa-dev",
      "  balsa --nodes 127.0.0.1:7401 dataset create hello"
    })
final class DevCommand implements Callable<Integer> {
  private static final int NODES = 3;
  private static final int CHUNK_GROUPS = 3;

  @Parameters(paramLabel = "DIR", description = "Where the nodes keep their data.")
  private Path folder = Path.of("balsa-dev");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The first node's client port; six ports from here on are used.")
  private int port = 7401;

  @Override
  public Integer call() throws ConfigProblem, InterruptedException {
    List<Node> nodes = new ArrayList<>();
    try {
      for (int number = 1; number <= NODES; number++) {
        nodes.add(
            Node.start(
                config(number), new Node.Surroundings(new Halt(), PeerLinks.DIRECT, Disk.real())));
      }
    } catch (IOException e) {
      nodes.forEach(Node::close);
      System.err.println("balsa: the nodes cannot start: " + e.getMessage());
      return 1;
    }
    List<Member> members = nodes.stream().map(node -> node.identity().member()).toList();
    nodes.forEach(node -> node.initCluster(members, CHUNK_GROUPS));
    CountDownLatch stopped = new CountDownLatch(1);
    StopSignal.onTermination(
        nodes.getFirst().shutdownLimit(),
        limit -> {
          nodes.forEach(Node::close);
          stopped.countDown();
        });
    System.out.println(
        "balsa: three nodes serve clients at "
            + members.stream().map(Member::clientAddress).collect(Collectors.joining(",")));
    stopped.await();
    return 0;
  }

  private NodeConfig config(int number) throws ConfigProblem {
    return ConfigLoader.load(
        Optional.empty(),
        Map.of(),
        List.of(
            "node.id=n" + number,
            "node.data-dir=" + folder.resolve("n" + number),
            "listen.client-port=" + (port + number - 1),
            "listen.peer-port=" + (port + NODES + number - 1)));
  }
}
