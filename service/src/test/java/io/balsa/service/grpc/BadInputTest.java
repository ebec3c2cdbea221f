package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.CollectionGrpc;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.MembershipGrpc;
import io.balsa.api.v1.NodesGrpc;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PeersGrpc;
import io.balsa.api.v1.PutObjectRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every RPC, every field: what is outside of its limits is refused by name and changes nothing.
 *
 * <p>A row is: call | field that is blamed | request in protobuf's text format. {@code <n text>}
 * stands for n times the text, {@code <self>} for the node's identity; {@code ;} parts the messages
 * of a stream.
 */
class BadInputTest {
  private static final String DATASETS =
      """
      CreateDataset | name | name: ""
      CreateDataset | name | name: "Upper"
      CreateDataset | name | name: "<64 n>"
      CreateDataset | request_id | name: "x" request_id: "?"
      CreateDataset | request_id | name: "x" request_id: "<65 r>"
      CreateDataset | durability | name: "x" durability: 9
      DeleteDataset | name | recursive: true
      DeleteDataset | request_id | name: "d" request_id: "a b"
      DeleteDataset | durability | name: "d" durability: -1
      FenceDataset | name | name: "a/b"
      FenceDataset | request_id | name: "d" request_id: "\\n"
      FenceDataset | durability | name: "d" durability: 3
      CreateVersion | dataset | name: "v"
      CreateVersion | name | dataset: "d" name: "<64 v>"
      CreateVersion | revision | dataset: "d" name: "v" revision: 9223372036854775808
      CreateVersion | message bytes | dataset: "d" name: "v" message: "<4097 m>"
      CreateVersion | parents | dataset: "d" name: "v" parents: ""
      CreateVersion | parents | dataset: "d" name: "v" <17 parents: "p" >
      CreateVersion | request_id | dataset: "d" name: "v" request_id: "!"
      CreateVersion | durability | dataset: "d" name: "v" durability: 4
      GetDataset | name | name: "-d"
      GetDataset | consistency.bounded.max_age_ms | \
      name: "d" consistency { bounded { max_age_ms: 86400001 } }
      GetDataset | consistency.at_least.revision | \
      name: "d" consistency { at_least { revision: 18446744073709551615 } }
      GetVersion | dataset | name: "v"
      GetVersion | name | dataset: "d"
      ListDatasets | page_size | page_size: 1001
      ListDatasets | page_size | page_size: 4294967295
      ListDatasets | page_token | page_token: "!"
      ListVersions | dataset | page_size: 1
      ListVersions | page_size | dataset: "d" page_size: 1001
      ListVersions | page_token | dataset: "d" page_token: "AAAA"
      """;

  private static final String UPLOADS =
      """
      PutObject | part |
      PutObject | part | data: "x"
      PutObject | part | header { dataset: "d" path: "x" } ; header { dataset: "d" path: "x" }
      PutObject | data bytes | header { dataset: "d" path: "x" } ; data: ""
      PutObject | data bytes | header { dataset: "d" path: "x" } ; data: "<4194305 x>"
      PutObject | dataset | header { dataset: "" path: "x" } ; data: "x"
      PutObject | path | header { dataset: "d" path: "" } ; data: "x"
      PutObject | path | header { dataset: "d" path: "<1025 p>" }
      PutObject | path | header { dataset: "d" path: "a//b" }
      PutObject | path | header { dataset: "d" path: "../b" }
      PutObject | path | header { dataset: "d" path: "a\\000b" }
      PutObject | request_id | header { dataset: "d" path: "x" request_id: "no spaces" }
      PutObject | transaction_id | \
      header { dataset: "d" path: "x" transaction_id: 18446744073709551615 }
      PutObject | epoch | header { dataset: "d" path: "x" epoch: 18446744073709551615 }
      PutObject | metadata key | header { dataset: "d" path: "x" metadata { value: "v" } }
      PutObject | metadata bytes | \
      header { dataset: "d" path: "x" metadata { key: "k" value: "<8192 v>" } }
      PutObject | precondition.if_absent | \
      header { dataset: "d" path: "x" precondition { if_absent: false } }
      PutObject | precondition.if_revision | \
      header { dataset: "d" path: "x" precondition { if_revision: 0 } }
      PutObject | precondition.if_digest | \
      header { dataset: "d" path: "x" precondition { if_digest: "" } }
      PutObject | expected_digest | header { dataset: "d" path: "x" expected_digest: "short" }
      PutObject | durability | header { dataset: "d" path: "x" durability: 7 }
      """;

  private static final String OBJECTS =
      """
      GetObject | dataset | path: "x"
      GetObject | path | dataset: "d" path: "a/"
      GetObject | offset | dataset: "d" path: "x" offset: 9223372036854775808
      GetObject | length | dataset: "d" path: "x" length: 9223372036854775808
      GetObject | snapshot.version | dataset: "d" path: "x" snapshot { version: "V" }
      GetObject | snapshot.revision | dataset: "d" path: "x" snapshot { revision: 0 }
      StatObject | dataset | path: "x"
      StatObject | path | dataset: "d" path: "."
      StatObject | snapshot.revision | \
      dataset: "d" path: "x" snapshot { revision: 18446744073709551615 }
      ListObjects | dataset | dataset: "-"
      ListObjects | prefix bytes | dataset: "d" prefix: "<1025 p>"
      ListObjects | delimiter | dataset: "d" delimiter: ":"
      ListObjects | page_size | dataset: "d" page_size: 1001
      ListObjects | page_token | dataset: "d" page_token: "<3000 x>"
      ListObjects | snapshot.version | dataset: "d" snapshot { version: "" }
      DeleteObject | dataset | path: "x"
      DeleteObject | path | dataset: "d" path: "/"
      DeleteObject | request_id | dataset: "d" path: "x" request_id: "%"
      DeleteObject | transaction_id | dataset: "d" path: "x" transaction_id: 18446744073709551615
      DeleteObject | epoch | dataset: "d" path: "x" epoch: 18446744073709551615
      DeleteObject | precondition.if_absent | \
      dataset: "d" path: "x" precondition { if_absent: false }
      DeleteObject | durability | dataset: "d" path: "x" durability: 5
      CommitObjects | changes | dataset: "d"
      CommitObjects | changes | dataset: "d" <1001 changes { } >
      CommitObjects | request bytes | dataset: "d" changes { path: "<4194305 p>" }
      CommitObjects | message bytes | dataset: "d" changes { path: "<5242880 p>" }
      CommitObjects | dataset | changes { path: "x" }
      CommitObjects | transaction_id | \
      dataset: "d" transaction_id: 18446744073709551615 changes { path: "x" }
      CommitObjects | epoch | dataset: "d" epoch: 18446744073709551615 changes { path: "x" }
      CommitObjects | durability | dataset: "d" durability: 9 changes { path: "x" }
      BeginTransaction | dataset | request_id: "r"
      BeginTransaction | request_id | dataset: "d" request_id: "*"
      BeginTransaction | epoch | dataset: "d" epoch: 18446744073709551615
      PublishTransaction | dataset | transaction_id: 1
      PublishTransaction | transaction_id | dataset: "d"
      PublishTransaction | request_id | dataset: "d" transaction_id: 1 request_id: "*"
      PublishTransaction | durability | dataset: "d" transaction_id: 1 durability: 8
      AbortTransaction | dataset | transaction_id: 1
      AbortTransaction | transaction_id | dataset: "d"
      AbortTransaction | request_id | dataset: "d" transaction_id: 1 request_id: "*"
      GetTransaction | dataset | transaction_id: 1
      GetTransaction | transaction_id | dataset: "d"
      """;

  private static final String CHUNKS_AND_CLUSTER =
      """
      HaveChunks | ids |
      HaveChunks | ids | ids: "short"
      HaveChunks | ids | <4097 ids: "i" >
      PutChunks | chunks | group: 1
      PutChunks | chunks | group: 1 <4097 chunks { } >
      PutChunks | chunks.id | group: 1 chunks { data: "x" }
      PutChunks | chunks.data bytes | group: 1 chunks { id: "<32 i>" }
      PutChunks | chunk bytes | group: 1 <2 chunks { id: "<32 i>" data: "<8388609 x>" } >
      PutChunks | message bytes | group: 1 chunks { id: "<32 i>" data: "<18000000 x>" }
      GetChunks | ranges |
      GetChunks | ranges | <257 ranges { } >
      GetChunks | ranges.id | ranges { group: 1 }
      InitCluster | members |
      InitCluster | members | members { <self> } members { node_id: "b" }
      InitCluster | members | members { node_id: "a" peer_id: "a.0123456789abcdef" \
      peer_address: "h:1" client_address: "[::1]:2" }
      InitCluster | members.node_id | members { node_id: "A" }
      InitCluster | members.node_id | <3 members { <self> } >
      InitCluster | members.peer_id | members { node_id: "a" peer_id: "b.0123456789abcdef" }
      InitCluster | members.peer_address | \
      members { node_id: "a" peer_id: "a.0123456789abcdef" peer_address: "nowhere" }
      InitCluster | members.client_address | members { node_id: "a" \
      peer_id: "a.0123456789abcdef" peer_address: "h:1" client_address: "h:70000" }
      InitCluster | chunk_groups | members { <self> } chunk_groups: 65
      ConfirmIndex | group | group: "x"
      ConfirmIndex | durability | group: "catalog" durability: 4
      FetchSnapshot | group | group: "x"
      FetchSnapshot | snapshot_id | group: "catalog" snapshot_id: "<65 s>"
      FetchSnapshot | manifest_only | group: "catalog" snapshot_id: "s" manifest_only: true
      FetchSnapshot | files | group: "catalog" files: 0
      FetchSnapshot | files | group: "catalog" offset: 1
      FetchSnapshot | files | group: "catalog" snapshot_id: "s" files: 65536
      FetchSnapshot | files | group: "catalog" snapshot_id: "s" files: 4294967295
      FetchSnapshot | files | group: "catalog" snapshot_id: "s" files: 3 files: 3
      FetchSnapshot | offset | group: "catalog" snapshot_id: "s" offset: 1099511627777
      FetchSnapshot | offset | group: "catalog" snapshot_id: "s" offset: 18446744073709551615
      FetchSnapshot | need.first_log_index | \
      group: "catalog" need { first_log_index: 18446744073709551615 }
      FetchSnapshot | need.own_log_end | \
      group: "catalog" need { own_log_end: 18446744073709551615 }
      FetchSnapshot | need.own_log_term | \
      group: "catalog" need { own_log_term: 18446744073709551615 }
      HoldLog | group | group: "x"
      RemoveChunks | removal | group: 1 ids: "<32 i>"
      RemoveChunks | removal | group: 1 removal: 18446744073709551615 ids: "<32 i>"
      RemoveChunks | ids | group: 1 removal: 1
      RemoveChunks | ids | group: 1 removal: 1 <1001 ids: "i" >
      RemoveChunks | ids | group: 1 removal: 1 ids: "short"
      DeleteVersion | request_id | dataset: "d" name: "v" request_id: "*"
      DeleteVersion | dataset | name: "v"
      DeleteVersion | name | dataset: "d" name: "V"
      DeleteVersion | durability | dataset: "d" name: "v" durability: 4
      Scrub | group | group: "x"
      Scrub | bytes_per_second | bytes_per_second: 1099511627777
      Scrub | bytes_per_second | bytes_per_second: 18446744073709551615
      Compact | group | group: "chunks-0"
      Compact | group | group: "catalog"
      TakeSnapshot | group | group: "chunks-0"
      ChangeReplica | group | peer_id: "a.0123456789abcdef" change: REPLICA_CHANGE_ADD
      ChangeReplica | peer_id | group: "catalog" change: REPLICA_CHANGE_ADD
      ChangeReplica | peer_id | group: "catalog" peer_id: "a" change: REPLICA_CHANGE_ADD
      ChangeReplica | peer_id | \
      group: "catalog" peer_id: "<64 a>.0123456789abcdef" change: REPLICA_CHANGE_ADD
      ChangeReplica | change | group: "catalog" peer_id: "a.0123456789abcdef"
      ChangeReplica | change | group: "catalog" peer_id: "a.0123456789abcdef" change: 3
      """;

  private static final String BEATS =
      """
      Beat | cluster_id length | peer_id: "p"
      Beat | cluster_id length | cluster_id: "<129 c>" peer_id: "p"
      Beat | peer_id length | cluster_id: "c"
      Beat | peer_id length | cluster_id: "c" peer_id: "<129 p>"
      Beat | disk.level | cluster_id: "c" peer_id: "p"
      Beat | disk.level | cluster_id: "c" peer_id: "p" disk { level: 9 }
      Beat | disk.free_bytes | \
      cluster_id: "c" peer_id: "p" disk { level: 1 free_bytes: 9223372036854775808 }
      Beat | disk.total_bytes | \
      cluster_id: "c" peer_id: "p" disk { level: 1 total_bytes: 9223372036854775808 }
      Beat | disk.needed_bytes | \
      cluster_id: "c" peer_id: "p" disk { level: 1 needed_bytes: 9223372036854775808 }
      Beat | disk.force_latency_us | \
      cluster_id: "c" peer_id: "p" disk { level: 1 force_latency_us: 9223372036854775807 }
      Beat | logs | cluster_id: "c" peer_id: "p" disk { level: 1 } <66 logs { } >
      Beat | group | cluster_id: "c" peer_id: "p" disk { level: 1 } logs { group: "x" }
      Beat | logs.next | cluster_id: "c" peer_id: "p" disk { level: 1 } \
      logs { group: "catalog" next: 9223372036854775808 }
      Beat | logs.entry_term | cluster_id: "c" peer_id: "p" disk { level: 1 } \
      logs { group: "catalog" entry_term: 9223372036854775808 }
      Beat | logs.term | cluster_id: "c" peer_id: "p" disk { level: 1 } \
      logs { group: "catalog" term: 9223372036854775808 }
      Beat | logs.voted_for length | cluster_id: "c" peer_id: "p" disk { level: 1 } \
      logs { group: "catalog" voted_for: "<128 v>" }
      Recall | cluster_id length | peer_id: "p"
      Recall | peer_id length | cluster_id: "c"
      Recall | yours | cluster_id: "c" peer_id: "p" <66 yours { } >
      Recall | group | cluster_id: "c" peer_id: "p" yours { group: "x" }
      Recall | yours.next | cluster_id: "c" peer_id: "p" \
      yours { group: "catalog" next: 9223372036854775808 }
      Recall | yours.entry_term | cluster_id: "c" peer_id: "p" \
      yours { group: "catalog" entry_term: 9223372036854775808 }
      Recall | yours.term | cluster_id: "c" peer_id: "p" \
      yours { group: "catalog" term: 9223372036854775808 }
      Recall | yours.voted_for length | cluster_id: "c" peer_id: "p" \
      yours { group: "catalog" voted_for: "<128 v>" }
      Beat | digests | cluster_id: "c" peer_id: "p" <66 digests { } >
      Beat | group | cluster_id: "c" peer_id: "p" disk { level: 1 } digests { group: "x" }
      Beat | digests.notes | \
      cluster_id: "c" peer_id: "p" disk { level: 1 } digests { group: "catalog" <17 notes { } > }
      Beat | digests.notes.index | cluster_id: "c" peer_id: "p" disk { level: 1 } \
      digests { group: "catalog" notes { digest: "<32 d>" } }
      Beat | digests.notes.digest | cluster_id: "c" peer_id: "p" disk { level: 1 } \
      digests { group: "catalog" notes { index: 1 digest: "d" } }
      Beat | problems | cluster_id: "c" peer_id: "p" <17 problems { } >
      Beat | problems.code length | cluster_id: "c" peer_id: "p" disk { level: 1 } problems { }
      Beat | problems.code length | \
      cluster_id: "c" peer_id: "p" disk { level: 1 } problems { code: "<65 c>" }
      Beat | problems.text length | \
      cluster_id: "c" peer_id: "p" disk { level: 1 } problems { code: "c" text: "<1025 t>" }
      Beat | problems.since_ms | cluster_id: "c" peer_id: "p" disk { level: 1 } \
      problems { code: "c" since_ms: 18446744073709551615 }
      Beat | message bytes | cluster_id: "<70000 c>"
      """;

  /** Innermost first, so that repetitions nest. */
  private static final Pattern REPEAT = Pattern.compile("<([0-9]+) ([^<>]*)>");

  private static final Set<String> NO_FIELDS =
      Set.of("GetIdentity", "GetStatus", "GetMaintenance", "Collect");

  private static FakeCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    cluster = FakeCluster.of(1);
    createDataset(cluster.node(0), "d");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** A call that must be refused because of a field. */
  record Bad(String rpc, String field, String request) {}

  static Stream<Bad> badCalls() {
    return Stream.of(DATASETS, UPLOADS, OBJECTS, CHUNKS_AND_CLUSTER, BEATS)
        .flatMap(String::lines)
        .map(row -> row.split("\\|", 3))
        .map(cells -> new Bad(cells[0].strip(), cells[1].strip(), cells[2].strip()));
  }

  @ParameterizedTest
  @MethodSource("badCalls")
  void isRefusedByNameAndChangesNothing(Bad bad) {
    long before = cluster.revision();
    int proposed = cluster.proposed.size();

    Problem problem = refused(() -> send(bad));

    assertThat(problem.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(problem.facts().getOrDefault("field", problem.facts().get("limit")))
        .isEqualTo(bad.field());
    assertThat(problem.facts()).containsKeys("given", "allowed");
    assertThat(problem.retryAfter()).isEmpty();
    assertThat(cluster.proposed).hasSize(proposed);
    assertThat(cluster.revision()).isEqualTo(before);
  }

  @Test
  void everyCallThatTakesFieldsIsInTheTable() {
    List<String> known = badCalls().map(Bad::rpc).distinct().toList();

    assertThat(methods().map(MethodDescriptor::getBareMethodName))
        .filteredOn(name -> !NO_FIELDS.contains(name))
        .isSubsetOf(known);
  }

  private static void send(Bad bad) throws TextFormat.ParseException {
    if (bad.rpc().equals("PutObject")) {
      List<PutObjectRequest> parts = new ArrayList<>();
      for (String part : bad.request().isEmpty() ? new String[0] : bad.request().split(" ; ")) {
        parts.add(TextFormat.parse(expanded(part), PutObjectRequest.class));
      }
      var _ = Calling.put(cluster.node(0), parts.toArray(PutObjectRequest[]::new));
      return;
    }
    MethodDescriptor<?, ?> method =
        methods()
            .filter(each -> bad.rpc().equals(each.getBareMethodName()))
            .findFirst()
            .orElseThrow();
    send(method, expanded(bad.request()));
  }

  private static <Q> void send(MethodDescriptor<Q, ?> method, String text)
      throws TextFormat.ParseException {
    var marshaller = (PrototypeMarshaller<Q>) method.getRequestMarshaller();
    Message.Builder request = ((Message) marshaller.getMessagePrototype()).newBuilderForType();
    TextFormat.merge(text, request);
    var answers =
        ClientCalls.blockingServerStreamingCall(
            cluster.node(0).channel(),
            method,
            CallOptions.DEFAULT,
            marshaller.getMessageClass().cast(request.build()));
    while (answers.hasNext()) {
      var _ = answers.next();
    }
  }

  private static String expanded(String text) {
    String self =
        TextFormat.printer().printToString(Answers.identity(cluster.node(0).member(), ""));
    String all = text.replace("<self>", self);
    for (var match = REPEAT.matcher(all); match.find(); match = REPEAT.matcher(all)) {
      all =
          all.substring(0, match.start())
              + match.group(2).repeat(Integer.parseInt(match.group(1)))
              + all.substring(match.end());
    }
    return all;
  }

  private static Stream<MethodDescriptor<?, ?>> methods() {
    return Stream.of(
            DatasetsGrpc.getServiceDescriptor(),
            ObjectsGrpc.getServiceDescriptor(),
            ChunksGrpc.getServiceDescriptor(),
            CollectionGrpc.getServiceDescriptor(),
            ClusterGrpc.getServiceDescriptor(),
            NodesGrpc.getServiceDescriptor(),
            MembershipGrpc.getServiceDescriptor(),
            PeersGrpc.getServiceDescriptor())
        .map(ServiceDescriptor::getMethods)
        .flatMap(methods -> methods.stream());
  }
}
