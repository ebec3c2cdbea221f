package io.balsa.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.PackPosition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackFormatTest {
  private static final String GOLDEN = "/golden/pack-v1.hex";

  @TempDir Path folder;

  @Test
  void aPackIsWrittenByteForByteAsItWasInVersion1() throws IOException {
    writeGoldenPack();
    byte[] written = Files.readAllBytes(Packs.file(folder, 1));
    assertThat(hexLines(written)).isEqualTo(goldenText());
  }

  @Test
  void aVersion1PackStillOpens() throws IOException {
    String hex = goldenText().replace("\n", "");
    Files.write(Packs.file(folder, 1), HexFormat.of().parseHex(hex));
    Packs.Notes notes = new Packs.Notes();
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, notes)) {
      assertThat(notes.corrupt).isEmpty();
      assertThat(notes.locations).hasSize(2);
      assertThat(notes.positions).extracting(at -> at.index()).containsExactly(7L, 8L);
      assertThat(text(store.read(notes.locations.get(0), notes.ids.get(0)))).isEqualTo("balsa");
      assertThat(text(store.read(notes.locations.get(1), notes.ids.get(1)))).hasSize(3_600);
      assertThat(store.end()).isEqualTo(new PackPosition(2, PackFormat.FILE_HEADER_BYTES));
    }
  }

  @Test
  void aPackOfALaterFormatIsRefusedAndLeftAlone() throws IOException {
    writeGoldenPack();
    Path file = Packs.file(folder, 1);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.putInt(8, 2).putInt(60, PackFormat.crc32c(header.slice(0, 60)));
    Files.write(file, bytes);
    assertThatThrownBy(() -> Packs.open(folder, Packs.OPTIONS, new Packs.Notes()))
        .isInstanceOf(UnknownPackFormat.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void aPackOfAnotherGroupIsRefused() throws IOException {
    writeGoldenPack();
    assertThatThrownBy(
            () -> PackStore.open(folder, 4, Packs.OPTIONS, PackPosition.START, new Packs.Notes()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("group 4");
  }

  /** Two records and a footer: the third append does not fit any more. */
  private void writeGoldenPack() throws IOException {
    PackOptions options = Packs.OPTIONS.withPackBytesMax(4_096);
    try (PackStore store = Packs.open(folder, options, new Packs.Notes())) {
      Packs.append(store, 7, bytes("balsa"));
      Packs.append(store, 8, bytes("w".repeat(3_600)));
      Packs.append(store, 9, bytes("wood".repeat(100)));
    }
  }

  private static String goldenText() {
    try (InputStream in = PackFormatTest.class.getResourceAsStream(GOLDEN)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** 32 bytes a line, as a person would compare them. */
  private static String hexLines(byte[] bytes) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < bytes.length; i += 32) {
      int end = Math.min(bytes.length, i + 32);
      lines.append(HexFormat.of().formatHex(bytes, i, end)).append('\n');
    }
    return lines.toString();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.US_ASCII.decode(bytes).toString();
  }
}
