package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.service.data.DataFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code balsa node check} exits with and prints. */
class NodeCommandTest {
  @TempDir private Path folder;

  private String out = "";

  private int check(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      return new CommandLine(new NodeCommand()).execute(arguments);
    } finally {
      System.setOut(before);
      out = bytes.toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void theExitCodeTellsWhetherItIsSoundDamagedOrNotToBeChecked() throws IOException {
    try (DataFolder made = DataFolder.open(folder, "n1", new Random(1))) {
      assertThat(made.identity().nodeId()).isEqualTo("n1");
      assertThat(check("check", "-q", folder.toString())).isEqualTo(1);
    }
    assertThat(check("check", "-q", folder.toString())).isZero();
    assertThat(out).isEqualTo("all is well\n");
    Path identity = folder.resolve("identity");
    Files.writeString(identity, "nonsense");
    assertThat(check("check", "-q", folder.toString())).isEqualTo(6);
    assertThat(out).startsWith("note: " + folder.resolve("raft")).contains(identity + ": ");
    assertThat(check("check", "-q", "--json", folder.toString())).isEqualTo(6);
    assertThat(out)
        .startsWith("{\"folder\":\"" + folder + "\",\"sound\":false,\"findings\":1,\"notes\":1,")
        .contains("\"found\":[{\"where\":\"" + identity + "\",\"what\":\"")
        .endsWith("}]}\n");
    assertThat(check("check", "-q", folder.resolve("none").toString())).isEqualTo(1);
  }
}
