package io.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.cli.fake.FakeNodes;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerbsTest {
  private final CliRun cli = new CliRun();

  @TempDir private Path folder;

  @BeforeEach
  void aDatasetIsThere() {
    assertThat(cli.run("dataset", "create", "ds")).isZero();
  }

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private String get(String address) {
    assertThat(cli.run("cat", address)).isZero();
    return cli.out;
  }

  @Test
  void aFileThatWasPutComesBack() throws IOException {
    Path from = file("a.txt", "hello");
    assertThat(cli.run("put", from.toString(), "balsa://ds/x/a.txt", "--meta", "k=v")).isZero();
    assertThat(cli.out).startsWith("balsa://ds/x/a.txt  5 B  sha256 2cf24dba5fb0  revision 2");
    assertThat(get("balsa://ds/x/a.txt")).isEqualTo("hello");
    Path to = folder.resolve("b.txt");
    assertThat(cli.run("get", "balsa://ds/x/a.txt", to.toString())).isZero();
    assertThat(to).hasContent("hello");
  }

  @Test
  void anAddressThatEndsWithASlashTakesTheNameOfTheFile() throws IOException {
    cli.run("put", file("a.txt", "hello").toString(), "balsa://ds/x/");
    assertThat(get("balsa://ds/x/a.txt")).isEqualTo("hello");
  }

  @Test
  void standardInputCanBePut() {
    cli.input = "from a pipe";
    assertThat(cli.run("put", "-", "balsa://ds/piped")).isZero();
    assertThat(get("balsa://ds/piped")).isEqualTo("from a pipe");
  }

  @Test
  void aRangeIsOnlyThatRange() throws IOException {
    cli.run("put", file("a.txt", "0123456789").toString(), "balsa://ds/a");
    assertThat(cli.run("cat", "balsa://ds/a", "--range", "2:3")).isZero();
    assertThat(cli.out).isEqualTo("234");
    assertThat(cli.run("cat", "balsa://ds/a", "--range", "8:")).isZero();
    assertThat(cli.out).isEqualTo("89");
  }

  @Test
  void aFolderIsPublishedAtOneRevisionAndComesBackWithItsLinkedFiles() throws IOException {
    file("in/a.txt", "a");
    Path real = file("in/deep/er/b.txt", "b");
    Files.createSymbolicLink(folder.resolve("in/link.txt"), real);
    Files.createSymbolicLink(folder.resolve("in/loop"), folder.resolve("in"));
    Files.createSymbolicLink(folder.resolve("in/nowhere"), folder.resolve("missing"));

    assertThat(cli.run("put", "-r", folder.resolve("in").toString(), "balsa://ds/p")).isZero();

    assertThat(cli.err).contains("skipping 2 that are no files");
    assertThat(cli.out).contains("3 files, 3 B").contains("published balsa://ds/p: revision 2");
    Path out = folder.resolve("out");
    assertThat(cli.run("get", "-r", "balsa://ds/p", out.toString())).isZero();
    assertThat(cli.out).contains("3 files, 3 B, every digest checked");
    assertThat(out.resolve("deep/er/b.txt")).hasContent("b");
    assertThat(out.resolve("link.txt")).hasContent("b").isRegularFile();
    assertThat(out.resolve("loop")).doesNotExist();
    assertThat(out.resolve("nowhere")).doesNotExist();
  }

  @Test
  void aFolderOfWhichAFileIsRefusedIsNotPublishedAndItsTransactionIsAborted() throws IOException {
    file("in/a.txt", "a");
    Refusal full = Refusal.of(RefusalCode.RESOURCE_EXHAUSTED, "OVERLOADED", "no room");
    cli.next.add(Result.yes("the begin"));
    cli.next.add(Result.no(full));
    assertThat(cli.run("put", "-r", folder.resolve("in").toString(), "balsa://ds")).isEqualTo(5);
    assertThat(cli.err).contains("1 files could not be uploaded, so nothing was published");
    assertThat(cli.err).contains("a.txt: OVERLOADED: no room");
    assertThat(cli.store.openTransactions()).isZero();
    assertThat(cli.run("ls", "-r", "balsa://ds")).isZero();
    assertThat(cli.out).isEmpty();
  }

  @Test
  void publishNamesAVersionThatDoesNotChange() throws IOException {
    Path in = file("in/a.txt", "old").getParent();
    assertThat(cli.run("publish", in.toString(), "balsa://ds", "--version", "v1", "-m", "one"))
        .isZero();
    assertThat(cli.out).contains("balsa://ds@v1 is revision 2: 1 objects, 3 B").contains("digest ");
    cli.run("put", file("new.txt", "new").toString(), "balsa://ds/a.txt");
    assertThat(get("balsa://ds/a.txt")).isEqualTo("new");
    assertThat(get("balsa://ds@v1/a.txt")).isEqualTo("old");
    assertThat(cli.run("version", "ls", "ds")).isZero();
    assertThat(cli.out).contains("v1").endsWith("one\n");
  }

  @Test
  void aVersionThatIsDeletedIsNotThereAnyMore() throws IOException {
    Path in = file("in/a.txt", "old").getParent();
    assertThat(cli.run("publish", in.toString(), "balsa://ds", "--version", "v1")).isZero();
    assertThat(cli.run("version", "rm", "balsa://ds@v1")).isZero();
    assertThat(cli.out).contains("deleted balsa://ds@v1");
    assertThat(cli.run("version", "rm", "balsa://ds@v1")).isNotZero();
    assertThat(cli.err).contains("VERSION_NOT_FOUND");
    assertThat(cli.run("version", "rm", "balsa://ds/a.txt")).isNotZero();
    assertThat(cli.err).contains("want balsa://DATASET@VERSION");
  }

  @Test
  void publishUnderATakenNameUploadsNothing() throws IOException {
    Path in = file("in/a.txt", "x").getParent();
    cli.run("version", "create", "balsa://ds@v1");
    assertThat(cli.run("publish", in.toString(), "balsa://ds", "--version", "v1")).isEqualTo(3);
    assertThat(cli.err).contains("version v1 exists; nothing was uploaded");
    assertThat(cli.run("ls", "balsa://ds")).isZero();
    assertThat(cli.out).isEmpty();
  }

  @Test
  void aPublishThatStaysUnknownTellsHowToSettleItAndCanBeSettled() throws IOException {
    Path in = file("in/a.txt", "x").getParent();
    cli.next.add(Result.yes("the begin"));
    cli.next.add(Result.yes("the file"));
    for (int i = 0; i < 3; i++) {
      cli.next.add(Result.unknown("rq-1", "no answer"));
    }
    assertThat(cli.run("put", "-r", in.toString(), "balsa://ds")).isEqualTo(4);
    assertThat(cli.err)
        .contains("hint: settle it: balsa publish --transaction 1 --request-id rq-1 balsa://ds");
    assertThat(cli.run("publish", "--transaction", "1", "--request-id", "rq-1", "balsa://ds"))
        .isZero();
    assertThat(get("balsa://ds/a.txt")).isEqualTo("x");
  }

  @Test
  void anUnknownOutcomeIsExitCode4AndNamesTheRequest() throws IOException {
    cli.next.add(Result.unknown("rq-17", "no answer in time"));
    assertThat(cli.run("put", file("a", "x").toString(), "balsa://ds/a")).isEqualTo(4);
    assertThat(cli.err).contains("hint: run the same command with --request-id rq-17");
    assertThat(cli.run("put", file("a", "x").toString(), "balsa://ds/a", "--request-id", "rq-17"))
        .isZero();
  }

  @Test
  void preconditionsAreHeld() throws IOException {
    String from = file("a", "x").toString();
    assertThat(cli.run("put", from, "balsa://ds/a", "--if-absent")).isZero();
    assertThat(cli.run("put", from, "balsa://ds/a", "--if-absent")).isEqualTo(3);
    assertThat(cli.err).startsWith("balsa: OBJECT_EXISTS: a exists already\nhint: balsa stat");
    assertThat(cli.run("put", from, "balsa://ds/a", "--if-revision", "1")).isEqualTo(3);
    assertThat(cli.run("put", from, "balsa://ds/a", "--if-revision", "2")).isZero();
    assertThat(cli.run("rm", "balsa://ds/a", "--if-digest", "0".repeat(64))).isEqualTo(3);
    assertThat(cli.run("put", from, "balsa://ds/a", "--if-absent", "--if-revision", "2"))
        .isEqualTo(2);
  }

  @Test
  void rmDeletesOneAndWithRAllBelow() throws IOException {
    cli.run("put", "-r", file("in/a/b", "x").getParent().getParent().toString(), "balsa://ds/p");
    cli.run("put", file("c", "x").toString(), "balsa://ds/pc");
    assertThat(cli.run("rm", "-r", "balsa://ds/p")).isZero();
    assertThat(cli.run("ls", "-r", "balsa://ds")).isZero();
    assertThat(cli.out.lines().toList()).singleElement().asString().endsWith("  pc");
    assertThat(cli.run("rm", "-r", "balsa://ds/p")).isEqualTo(7);
    assertThat(cli.run("rm", "balsa://ds/pc")).isZero();
    assertThat(cli.run("rm", "balsa://ds/pc")).isEqualTo(7);
  }

  @Test
  void versionsCannotBeWritten() throws IOException {
    String from = file("a", "x").toString();
    assertThat(cli.run("put", from, "balsa://ds@v1/a")).isEqualTo(2);
    assertThat(cli.err).contains("a version never changes: leave out @v1");
    assertThat(cli.run("rm", "balsa://ds@v1/a")).isEqualTo(2);
  }

  @Test
  void lsShowsFoldersOrAllDepthsAndPages() throws IOException {
    file("in/a.txt", "a");
    file("in/sub/b.txt", "bb");
    cli.run("put", "-r", folder.resolve("in").toString(), "balsa://ds");
    cli.run("ls", "balsa://ds/");
    assertThat(cli.out)
        .isEqualTo(
            """
                   1 B  2026-11-23T10:00:00Z  ca978112ca1b  a.txt
                     -  -                     -             sub/
            """);
    cli.run("ls", "-r", "balsa://ds/", "--page-size", "1");
    assertThat(cli.out).endsWith("a.txt\n");
    assertThat(cli.err).contains("there is more: --page 1");
    cli.run("ls", "-r", "balsa://ds/", "--page", "1");
    assertThat(cli.out).endsWith("sub/b.txt\n");
  }

  @Test
  void aReceiptTellsNodeRevisionLevelAndAge() throws IOException {
    cli.run("put", file("a", "x").toString(), "balsa://ds/a");
    cli.run("stat", "balsa://ds/a", "--receipt", "--consistency", "bounded:500ms");
    assertThat(cli.err).isEqualTo("read from n7401 at revision 2, bounded, age <= 2 ms\n");
  }

  @Test
  void anEmptyDatasetCanBeDeletedAnyOtherOnlyRecursively() throws IOException {
    cli.run("put", file("a", "x").toString(), "balsa://ds/a");
    assertThat(cli.run("dataset", "rm", "ds")).isEqualTo(3);
    assertThat(cli.err).contains("hint: balsa dataset rm -r");
    assertThat(cli.run("dataset", "rm", "-r", "ds")).isZero();
    assertThat(cli.run("dataset", "show", "ds")).isEqualTo(7);
  }

  @Test
  void aMissingFileIsALocalFailure() {
    assertThat(cli.run("put", folder.resolve("none").toString(), "balsa://ds/a")).isEqualTo(1);
    assertThat(cli.err).contains("no regular file");
  }

  @Test
  void nothingIsLeftOfAGetThatWasRefused() throws IOException {
    assertThat(cli.run("get", "balsa://ds/none", folder.resolve("f").toString())).isEqualTo(7);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void wrongBytesAreExitCode6AndLeaveNoFile() throws IOException {
    cli.run("put", file("in/a", "x").toString(), "balsa://ds/a");
    cli.store.rot("a");
    Path to = folder.resolve("out");
    assertThat(cli.run("get", "-r", "balsa://ds", to.toString())).isEqualTo(6);
    assertThat(cli.err).contains("a has digest 2d711642");
    assertThat(to).isEmptyDirectory();
  }

  @Test
  void theEnvironmentNamesTheNodesUnlessTheCommandLineDoes() {
    cli.environmentNodes = "127.0.0.1:1,127.0.0.1:2";
    cli.run("cluster", "status");
    assertThat(cli.out).contains("127.0.0.1:1 ").contains("127.0.0.1:2 ");
    cli.run("cluster", "status", "--nodes", "127.0.0.1:3");
    assertThat(cli.out).contains("127.0.0.1:3 ").doesNotContain("127.0.0.1:1 ");
    cli.environmentNodes = "nonsense";
    assertThat(cli.run("cluster", "status")).isEqualTo(2);
    assertThat(cli.err).contains("BALSA_NODES");
  }

  @Test
  void aNodeThatIsDownMakesTheStatusExitCode5() {
    cli.nodes =
        new FakeNodes(
            endpoint ->
                endpoint.port() == 2 ? Optional.empty() : Optional.of("n" + endpoint.port()));
    assertThat(cli.run("cluster", "status", "--nodes", "h:1,h:2,h:3")).isEqualTo(5);
    assertThat(cli.err).contains("nodes that do not answer: 1");
    assertThat(cli.out).contains("down: UNAVAILABLE");
    assertThat(cli.out).contains("\nn3: catalog does not vote: its log is broken\n");
    assertThat(cli.out).doesNotContain("n1: catalog");
  }

  @Test
  void aDemoOfNoFolderIsWrongUsage() {
    assertThat(cli.run("demo", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(cli.err).contains("is no folder");
  }

  @Test
  void aClusterIsFormedOfOneThreeOrFiveNodes() {
    assertThat(cli.run("cluster", "init", "--nodes", "h:1,h:2,h:3")).isZero();
    assertThat(cli.out).startsWith("cluster c0ffee serves, with 3 chunk groups\n");
    assertThat(cli.run("cluster", "init", "--nodes", "h:1,h:2")).isEqualTo(2);
  }
}
