package io.balsa.service.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.GroupName;
import io.balsa.service.consensus.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  private final Random random = new Random(7);

  @TempDir private Path temp;
  private Path root;

  @BeforeEach
  void name() {
    root = temp.resolve("deep").resolve("data");
  }

  @Test
  void aNewFolderGetsANewIncarnationAndKeepsIt() throws IOException {
    NodeIdentity made;
    try (DataFolder folder = open("n1")) {
      made = folder.identity();
      assertThat(made.nodeId()).isEqualTo("n1");
      assertThat(made.peerId()).matches("n1\\.[0-9a-f]{16}");
      assertThat(made.membership()).isEmpty();
    }
    try (DataFolder folder = open("n1")) {
      assertThat(folder.identity()).isEqualTo(made);
    }
  }

  @Test
  void anEmptiedFolderIsAnotherIncarnation() throws IOException {
    String first;
    try (DataFolder folder = open("n1")) {
      first = folder.identity().peerId();
    }
    Files.delete(root.resolve("identity"));
    try (DataFolder folder = open("n1")) {
      assertThat(folder.identity().peerId()).isNotEqualTo(first);
    }
  }

  @Test
  void aFolderInUseIsRefused() throws IOException {
    try (DataFolder folder = open("n1")) {
      assertThatThrownBy(() -> open("n1"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by another node");
      assertThat(folder.identity().nodeId()).isEqualTo("n1");
    }
    open("n1").close();
  }

  @Test
  void anotherNodesFolderIsRefusedAndLetGoAgain() throws IOException {
    open("n1").close();
    assertThatThrownBy(() -> open("n2"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to node n1, not n2");
    open("n1").close();
  }

  @Test
  void replicasWithoutAnIdentityAreRefused() throws IOException {
    try (DataFolder folder = open("n1")) {
      Files.createDirectories(folder.raft());
    }
    Files.delete(root.resolve("identity"));
    assertThatThrownBy(() -> open("n1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has replicas but no identity");
    assertThat(root.resolve("identity")).doesNotExist();
  }

  @Test
  void aDamagedIdentityIsRefusedAndNotReplaced() throws IOException {
    open("n1").close();
    Files.writeString(root.resolve("identity"), "balsa-identity 1\n");
    assertThatThrownBy(() -> open("n1")).hasMessageContaining("is damaged");
    assertThat(root.resolve("identity")).hasContent("balsa-identity 1\n");
  }

  @Test
  void whoJoinedAClusterIsAMemberFromThenOn() throws IOException {
    NodeIdentity.Membership membership;
    try (DataFolder folder = open("n1")) {
      Member self = new Member("n1", folder.identity().peerId(), "h:1", "h:2");
      membership = new NodeIdentity.Membership("cluster", 2, List.of(self), false);
      folder.join(membership);
      assertThat(folder.identity().membership()).contains(membership);
    }
    try (DataFolder folder = open("n1")) {
      assertThat(folder.identity().membership()).contains(membership);
    }
    assertThat(membership.groups())
        .containsExactly(GroupName.CATALOG, GroupName.chunks(1), GroupName.chunks(2));
  }

  @Test
  void everythingHasItsPlaceInTheFolder() throws IOException {
    try (DataFolder folder = open("n1")) {
      assertThat(folder.raft()).isEqualTo(root.resolve("raft"));
      assertThat(folder.catalog()).isEqualTo(root.resolve("catalog"));
      assertThat(folder.chunks(GroupName.chunks(2))).isEqualTo(root.resolve("chunks/2"));
    }
  }

  private DataFolder open(String nodeId) throws IOException {
    return DataFolder.open(root, nodeId, random);
  }
}
