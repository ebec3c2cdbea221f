package io.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Field names are an API, so answers are compared as a whole. */
class JsonShapesTest {
  private static final String DIGEST =
      "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
  private static final String WRITE =
      "{'revision':2,'digest':null,'durability':'majority','durability_asked':'majority',"
          + "'as_durable_as_asked':true,'term':1,'index':2}";
  private static final String READ =
      "{'node':'n7401','revision':2,'level':'linearizable','age_ms':2}";

  private final CliRun cli = new CliRun();

  @TempDir private Path folder;

  @BeforeEach
  void anObjectIsThere() throws IOException {
    cli.run("dataset", "create", "ds");
    Path file = Files.writeString(folder.resolve("a"), "x");
    assertThat(cli.run("put", file.toString(), "balsa://ds/d/a", "--meta", "k=v", "--json"))
        .isZero();
  }

  private static void is(String given, String wanted) {
    assertThat(given).isEqualTo(wanted.replace('\'', '"') + "\n");
  }

  @Test
  void put() {
    is(
        cli.out,
        "{'address':'balsa://ds/d/a','size_bytes':1,'sent_bytes':1,'digest':'"
            + DIGEST
            + "','receipt':"
            + WRITE
            + "}");
  }

  @Test
  void stat() {
    cli.run("stat", "balsa://ds/d/a", "--json", "--chunks");
    is(
        cli.out,
        "{'address':'balsa://ds/d/a','object':{'path':'d/a','size_bytes':1,'digest':'"
            + DIGEST
            + "','revision':2,'modified':'2026-11-23T10:00:00Z','metadata':{'k':'v'}},"
            + "'chunks':[{'id':'"
            + DIGEST
            + "','length_bytes':1,'group':2}],'receipt':"
            + READ
            + "}");
  }

  @Test
  void ls() {
    cli.run("ls", "balsa://ds", "--json");
    is(
        cli.out,
        "{'entries':[{'kind':'folder','path':'d/'}],'next':null,'receipt':"
            + READ
            + ",'complete':true}");
  }

  @Test
  void aListThatFailsInTheMiddleStaysADocument() throws IOException {
    assertThat(cli.run("ls", "balsa://none", "--json")).isEqualTo(7);
    is(cli.out, "{'entries':[],'complete':false}");
  }

  @Test
  void version() {
    cli.run("version", "create", "balsa://ds@v1", "-m", "one", "--json");
    is(
        cli.out,
        "{'version':{'dataset':'ds','name':'v1','revision':2,'message':'one','parents':[],"
            + "'created':'2026-11-23T10:00:00Z','digest':'0000000000000002000000000000000100000000"
            + "000000020000000000000003','objects':1,'total_bytes':1},'receipt':"
            + WRITE.replace("'revision':2", "'revision':3").replace("'index':2", "'index':3")
            + "}");
  }

  @Test
  void datasets() {
    cli.run("dataset", "ls", "--json");
    is(
        cli.out,
        "{'entries':[{'name':'ds','created_revision':1,'created':'2026-11-23T10:00:00Z',"
            + "'epoch':0}],'next':null,'receipt':"
            + READ
            + ",'complete':true}");
  }

  @Test
  void folders() {
    Path to = folder.resolve("out");
    cli.run("get", "-r", "balsa://ds", to.toString(), "--json");
    is(
        cli.out,
        "{'address':'balsa://ds','folder':'"
            + to
            + "','files':1,'total_bytes':1,'receipt':"
            + READ
            + "}");
    cli.run("put", "-r", to.toString(), "balsa://ds/again", "--json");
    is(
        cli.out,
        "{'address':'balsa://ds/again','files':1,'total_bytes':1,'sent_bytes':1,'skipped':0,"
            + "'took_ms':0,'transaction':1,'receipt':"
            + WRITE.replace("'revision':2", "'revision':3").replace("'index':2", "'index':3")
            + "}");
  }

  @Test
  void status() {
    cli.run("cluster", "status", "--json");
    is(
        cli.out,
        "{'healthy':true,'nodes_down':0,'groups_without_leader':[],'nodes':[{"
            + "'endpoint':'127.0.0.1:7401','up':true,'node':'n7401','peer_id':'peer-n7401',"
            + "'cluster_id':'c0ffee','peer_address':'127.0.0.1:9',"
            + "'client_address':'127.0.0.1:7401','version':'test','revision':2,'age_ms':3,"
            + "'resident_bytes':200000000,'uptime_ms':65000,"
            + "'problems':[{'code':'DISK_LOW','text':'5 bytes are free','since_ms':4000}],"
            + "'replicas':[{'group':'catalog',"
            + "'group_id':'group-1','role':'leader','leader':'n7401','term':3,'commit_index':2,"
            + "'applied_index':2,'snapshot_index':0,'digest':'"
            + "0".repeat(63)
            + "2','digest_index':2,'log_bytes':4096,'chunks':0,'chunk_bytes':0,"
            + "'absence':null}]}]}");
  }

  @Test
  void nodes() {
    assertThat(cli.run("node", "scrub", "127.0.0.1:7403", "--json")).isEqualTo(6);
    is(cli.out, "{'endpoint':'127.0.0.1:7403','read_bytes':200,'found':3,'lost':1}");
    assertThat(cli.run("node", "scrub", "n7401", "--json")).isZero();
    cli.run("node", "compact", "n7401", "--group", "chunks-1", "--json");
    is(cli.out, "{'endpoint':'127.0.0.1:7401','read_bytes':200,'freed_bytes':100}");
    cli.run("node", "snapshot", "n7401", "--json");
    is(cli.out, "{'endpoint':'127.0.0.1:7401','groups':[{'group':'catalog','index':9}]}");
    cli.run("node", "show", "n7401", "--json");
    is(
        cli.out,
        "{'endpoint':'127.0.0.1:7401','scrub':{'enabled':true,'at':'chunks-1/packs',"
            + "'started':'1970-01-01T00:00:01Z','completed':null,'done_bytes':50,"
            + "'total_bytes':200,'found':2},'stores':[{'group':'chunks-1','lost':1,"
            + "'pack_bytes':4000,'live_bytes':3000,'damaged_packs':1}],'repaired':7}");
  }

  @Test
  void collection() {
    cli.run("cluster", "collect", "--now", "--json");
    is(cli.out, "{'floor':8,'rows_swept':3,'chunks_condemned':2,'chunks_removed':2}");
  }

  @Test
  void aRefusalIsOneOnStandardError() {
    Refusal refusal =
        new Refusal(
            RefusalCode.RESOURCE_EXHAUSTED,
            "OVERLOADED",
            "too much",
            Map.of("limit", "7"),
            Optional.of(Duration.ofMillis(250)));
    cli.next.add(Result.no(refusal));
    assertThat(cli.run("rm", "balsa://ds/d/a", "--json")).isEqualTo(5);
    assertThat(cli.out).isEmpty();
    is(
        cli.err,
        "{'error':{'exit_code':5,'exit':'unavailable','reason':'OVERLOADED','message':'too much',"
            + "'hint':'try again in 250 ms','request_id':null,'retry_after_ms':250,"
            + "'facts':{'limit':'7'}}}");
  }

  @Test
  void wrongUsageIsADocumentToo() throws IOException {
    assertThat(cli.run("ls", "nonsense", "--json")).isEqualTo(2);
    assertThat(new ObjectMapper().readTree(cli.err).at("/error/exit_code").asInt()).isEqualTo(2);
  }
}
