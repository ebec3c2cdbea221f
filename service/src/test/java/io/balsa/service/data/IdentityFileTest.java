package io.balsa.service.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.service.consensus.Member;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityFileTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
  private static final NodeIdentity ALONE =
      new NodeIdentity("n1", "n1.0123456789abcdef", Optional.empty());
  private static final NodeIdentity MEMBER =
      ALONE.in(
          new NodeIdentity.Membership(
              "5f3c9a10-0000-4000-8000-000000000001",
              3,
              List.of(
                  new Member("n1", "n1.0123456789abcdef", "10.0.0.1:7501", "10.0.0.1:7401"),
                  new Member("n.2", "n.2.fedcba9876543210", "[::1]:7501", "[::1]:7401")),
              true));

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("identity");
  }

  @Test
  void theTextIsThatOfTheGoldenFiles() throws IOException {
    golden("identity-v1-alone.txt", ALONE);
    golden("identity-v1-member.txt", MEMBER);
  }

  private void golden(String name, NodeIdentity identity) throws IOException {
    Path golden = GOLDEN.resolve(name);
    if (System.getProperty("golden.rewrite") != null) {
      Files.writeString(golden, IdentityFile.format(identity));
    }
    assertThat(IdentityFile.format(identity)).isEqualTo(Files.readString(golden));
    assertThat(IdentityFile.read(Disk.real(), golden)).contains(identity);
  }

  @Test
  void whereNoFileIsThereIsNoIdentity() throws IOException {
    assertThat(IdentityFile.read(Disk.real(), file)).isEmpty();
  }

  @Test
  void aRewriteReplacesTheWholeFileAndLeavesNoOther() throws IOException {
    IdentityFile.write(Disk.real(), file, MEMBER);
    IdentityFile.write(Disk.real(), file, ALONE);
    assertThat(IdentityFile.read(Disk.real(), file)).contains(ALONE);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aRewriteThatACrashCutShortLeavesTheOldIdentity() throws IOException {
    IdentityFile.write(Disk.real(), file, ALONE);
    Files.writeString(folder.resolve("identity.new"), "balsa-identity 1\nnode_");
    assertThat(IdentityFile.read(Disk.real(), file)).contains(ALONE);
    IdentityFile.write(Disk.real(), file, MEMBER);
    assertThat(IdentityFile.read(Disk.real(), file)).contains(MEMBER);
  }

  @Test
  void anyDamagedByteIsFound() throws IOException {
    byte[] good = IdentityFile.format(MEMBER).getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Files.write(file, bad);
      refused();
    }
  }

  @Test
  void anyCutFileIsFound() throws IOException {
    String good = IdentityFile.format(MEMBER);
    for (int length = 0; length < good.length(); length++) {
      Files.writeString(file, good.substring(0, length));
      refused();
    }
    Files.writeString(file, good + "\n");
    refused();
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    Files.writeString(file, IdentityFile.format(ALONE).replace("identity 1", "identity 2"));
    refused();
  }

  @Test
  void aFileThatIsFarTooLargeIsNotRead() throws IOException {
    Files.write(file, new byte[(64 << 10) + 1]);
    assertThatThrownBy(() -> IdentityFile.read(Disk.real(), file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too large");
  }

  private void refused() {
    assertThatThrownBy(() -> IdentityFile.read(Disk.real(), file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is damaged or of another version");
  }
}
