package io.balsa.bench.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesPageTest {
  private static final int BLUE = 0xff0072b2;

  @TempDir private Path folder;

  private Path csv(List<String> lines) throws IOException {
    return Files.write(folder.resolve("samples.csv"), lines);
  }

  private static List<String> lines() {
    List<String> columns = List.of("a", "b");
    List<String> lines = new ArrayList<>(List.of(Samples.heading(columns)));
    for (int t = 0; t < 600; t += 5) {
      Map<String, Double> row = t % 100 == 0 ? Map.of("a", 2e6) : Map.of("a", 2e6, "b", t * 1e3);
      lines.add(Samples.line(columns, t, row));
    }
    return lines;
  }

  private BufferedImage draw(Panel... panels) throws IOException {
    Path png = folder.resolve("curves.png");
    new CurvesPage("Title", "below it", Samples.read(csv(lines()))).write(List.of(panels), png);
    return ImageIO.read(png.toFile());
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    assertThat(lines().get(1)).isEqualTo("0.0,2000000,");
    assertThat(lines().get(2)).isEqualTo("5.0,2000000,5000");
    Samples samples = Samples.read(csv(lines()));
    assertThat(samples.size()).isEqualTo(120);
    assertThat(samples.series("b").orElseThrow().values()).startsWith(Double.NaN, 5_000);
    assertThat(samples.series("c")).isEmpty();
  }

  @Test
  void aLastLineThatWasCutOffIsLeftOut() throws IOException {
    List<String> lines = lines();
    lines.add("600.0,20");
    assertThat(Samples.read(csv(lines)).size()).isEqualTo(120);
  }

  @Test
  void aFileThatIsNoTableIsRefused() throws IOException {
    Path other = csv(List.of("seconds,a", "1,2,3", "1,2"));
    assertThatIOException().isThrownBy(() -> Samples.read(other)).withMessageContaining("line 2");
    Path words = csv(List.of("seconds,a", "1,many"));
    assertThatIOException().isThrownBy(() -> Samples.read(words)).withMessageContaining("'many'");
    Path none = csv(List.of("time,a"));
    assertThatIOException().isThrownBy(() -> Samples.read(none)).withMessageContaining("seconds");
  }

  @Test
  void theCurvesAreOnThePage() throws IOException {
    Panel one = new Panel("One", "MB", 1e6, List.of(new Panel.Line("a", "first")));
    Panel none = new Panel("None", "", 1, List.of(new Panel.Line("missing", "not there")));
    BufferedImage with = draw(one, none);
    BufferedImage without = draw(none, none);
    assertThat(with.getWidth()).isGreaterThan(1_500);
    assertThat(count(with, BLUE)).isGreaterThan(500 + count(without, BLUE));
  }

  private static int count(BufferedImage image, int color) {
    int count = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        count += image.getRGB(x, y) == color ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void anAxisHasRoundTicksAndHoldsTheHighest() {
    assertThat(Axis.upTo(873, 4)).isEqualTo(new Axis(1_000, 500));
    assertThat(Axis.upTo(0.013, 4).max()).isGreaterThanOrEqualTo(0.013);
    assertThat(Axis.upTo(0, 4)).isEqualTo(new Axis(1, 1));
    assertThat(Axis.upTo(1_000, 4).ticks()).containsExactly(0, 500, 1_000);
    assertThat(Axis.justTo(58.7, 6).ticks()).containsExactly(0, 10, 20, 30, 40, 50);
    assertThat(Axis.upTo(Double.NaN, 4)).isEqualTo(new Axis(1, 1));
  }
}
