package io.balsa.chaos.architecture;

import static io.balsa.chaos.architecture.Row.row;

import java.util.List;

/** Which package may know which: one row a package, in the order of dependence. */
final class Arrows {
  /** The JDK as far as it has no files, sockets, threads or clocks. */
  private static final List<String> CALM_JDK =
      List.of(
          "java.lang",
          "java.lang.annotation",
          "java.lang.invoke",
          "java.lang.runtime",
          "java.nio",
          "java.nio.charset",
          "java.security",
          "java.time",
          "java.util",
          "java.util.function",
          "java.util.regex",
          "java.util.stream",
          "java.util.zip",
          "org.jspecify.annotations");

  private static final List<String> JDK =
      List.of("java..", "org.jspecify.annotations", "com.google.errorprone.annotations..");

  private static final String PROTOBUF = "com.google.protobuf..";
  private static final String GRPC = "io.grpc..";
  private static final String RATIS = "org.apache.ratis..";
  private static final String SLF4J = "org.slf4j..";

  static final List<Row> ROWS =
      List.of(
          // ratis-statemachine
          row("io.balsa.model", "values are the ground that everything stands on").uses(CALM_JDK),
          row("io.balsa.proto.log.v1", "the log's messages are generated").uses("java..", PROTOBUF),
          row("io.balsa.command", "what is asked for and its bytes in the log, and no more")
              .knows("model", "proto.log.v1")
              .uses(CALM_JDK)
              .uses(PROTOBUF),
          row("io.balsa.catalog", "decisions follow from state and command, on every replica alike")
              .knows("model", "command")
              .uses(CALM_JDK),
          row("io.balsa.failpoint", "known by whoever writes, so it knows nobody").uses(JDK),
          row("io.balsa.chunk", "packs keep bytes and do not ask what they are for")
              .knows("model", "failpoint")
              .uses(JDK)
              .uses(SLF4J),
          row("io.balsa.rocks", "rows go to disk in one place, behind the catalog's own ports")
              .knows("model", "command", "catalog", "failpoint")
              .uses(JDK)
              .uses("org.rocksdb.."),
          row("io.balsa.snapshot", "files travel whole; what is in them is their owners' business")
              .knows("model", "failpoint", "chunk", "rocks")
              .uses(JDK)
              .uses(SLF4J),
          row("io.balsa.raftlog", "a log is judged by its files, before Ratis opens it")
              .knows("model", "chunk")
              .uses(JDK),
          row("io.balsa.replica", "adapters see everything below them, and nothing above")
              .knows("model", "command", "catalog", "chunk", "failpoint", "rocks", "snapshot")
              .knows("raftlog")
              .uses(JDK)
              .uses(RATIS, SLF4J),
          // api
          row("io.balsa.api.v1", "the public protocol is generated and knows nobody")
              .uses("java..", PROTOBUF, GRPC, "com.google.common.util.concurrent"),
          // service
          row("io.balsa.service.config", "settings are read before anything runs")
              .knows("model")
              .uses(JDK)
              .uses("com.fasterxml.jackson..", SLF4J),
          row("io.balsa.service.admission", "permits are counted without knowing for what")
              .knows("model")
              .uses(JDK),
          row(
                  "io.balsa.service.freshness",
                  "the proof of freshness can be read without Raft or RPC")
              .knows("model")
              .uses(JDK),
          row("io.balsa.service.consensus", "with replica the only package that knows Ratis")
              .knows("model", "command", "catalog", "chunk", "replica", "raftlog")
              .knows("service.freshness")
              .uses(JDK)
              .uses(RATIS, SLF4J),
          row("io.balsa.service.data", "a folder knows whose it is, and not what is in it")
              .knows("model", "chunk", "replica", "service.consensus")
              .uses(JDK)
              .uses(SLF4J),
          row("io.balsa.service.check", "reads what every part left on disk, and runs none of them")
              .knows("model", "command", "catalog", "chunk", "rocks", "raftlog", "snapshot")
              .knows("replica", "service.consensus", "service.data", "service.upkeep")
              .uses(JDK)
              .uses("com.fasterxml.jackson.core.."),
          row("io.balsa.service.observe", "looks at replicas and never serves")
              .knows("model", "replica", "service.consensus")
              .uses(JDK)
              .uses(SLF4J),
          row("io.balsa.service.disk", "says how the disk is; what follows is decided elsewhere")
              .knows("model", "chunk", "replica")
              .uses(JDK)
              .uses(SLF4J),
          row("io.balsa.service.neighbours", "concludes from what members tell, without RPC")
              .knows("model", "chunk", "raftlog", "replica")
              .knows("service.consensus", "service.disk", "service.observe")
              .uses(JDK)
              .uses(SLF4J),
          row(
                  "io.balsa.service.collection",
                  "frees what the catalog gives up; how a group is reached is not its business")
              .knows("model", "command", "catalog", "replica")
              .knows("service.consensus", "service.freshness")
              .uses(JDK)
              .uses(SLF4J),
          row("io.balsa.service.upkeep", "decides when stores are cared for; how is theirs to know")
              .knows("model", "chunk", "raftlog", "rocks", "replica", "service.admission")
              .uses(JDK)
              .uses(SLF4J),
          row("io.balsa.service.grpc", "the only door to clients and to other members' front ends")
              .knows("model", "command", "catalog", "api.v1")
              .knows("chunk", "raftlog", "snapshot", "replica")
              .knows("service.admission", "service.collection", "service.consensus")
              .knows("service.disk", "service.freshness", "service.neighbours", "service.observe")
              .knows("service.upkeep")
              .uses(JDK)
              .uses(GRPC, PROTOBUF, "com.google.rpc", "com.google.common.util.concurrent", SLF4J),
          row(
                  "io.balsa.service",
                  "wires the node, so it knows its parts, but neither Ratis nor gRPC")
              .knows("model", "command", "catalog", "chunk", "rocks", "replica", "snapshot")
              .knows("failpoint", "raftlog")
              .knows("service.admission", "service.check", "service.collection", "service.config")
              .knows("service.consensus", "service.data", "service.disk", "service.freshness")
              .knows("service.grpc", "service.neighbours", "service.observe", "service.upkeep")
              .uses(JDK)
              .uses("picocli", SLF4J),
          // client
          row("io.balsa.client.model", "what callers see depends on no library").uses(JDK),
          row("io.balsa.client.wire", "between the two forms of a message")
              .knows("client.model", "api.v1")
              .uses(JDK)
              .uses(GRPC, PROTOBUF),
          row("io.balsa.client.routing", "finds who answers; knows messages, not their meaning")
              .knows("client.model", "client.wire", "api.v1")
              .uses(JDK)
              .uses(GRPC, PROTOBUF, "com.google.rpc", "io.netty.channel..", SLF4J),
          row("io.balsa.client.transfer", "moves bytes over routes that others find")
              .knows("client.model", "client.wire", "client.routing", "api.v1")
              .uses(JDK)
              .uses(GRPC, PROTOBUF, SLF4J),
          row("io.balsa.client", "the SDK's front; the server side is none of its business")
              .knows("client.model", "client.wire", "client.routing", "client.transfer", "api.v1")
              .uses(JDK)
              .uses(GRPC, PROTOBUF, SLF4J),
          // cli
          row("io.balsa.cli..", "the command line does only what any user of the SDK can do")
              .knows("client", "client.model")
              .uses(JDK)
              .uses("picocli", "com.fasterxml.jackson..", SLF4J),
          // bench
          row("io.balsa.bench.curve", "numbers over time are judged and drawn, whatever they mean")
              .uses(JDK)
              .uses("javax.imageio.."),
          row("io.balsa.bench.load", "the load is any user of the SDK who knows what it wrote")
              .knows("client", "client.model")
              .uses(JDK),
          row("io.balsa.bench", "measures nodes from outside, as processes and over the SDK")
              .knows("bench.curve", "bench.load")
              .knows("cli.local", "cli.render", "cli.transfer", "client", "client.model")
              .uses(JDK)
              .uses("picocli"));

  private Arrows() {}
}
