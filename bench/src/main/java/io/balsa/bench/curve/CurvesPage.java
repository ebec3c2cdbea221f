package io.balsa.bench.curve;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Draws panels side by side on one page, all over the same time. Needs no display. */
public final class CurvesPage {
  private static final int COLUMNS = 3;
  private static final int PANEL_WIDTH = 640;
  private static final int PANEL_HEIGHT = 330;
  private static final int MARGIN = 36;
  private static final int HEADING = 96;

  /** Around the plot within a panel. */
  private static final int LEFT = 78;

  private static final int RIGHT = 22;
  private static final int TOP = 66;
  private static final int BOTTOM = 46;

  private static final Color INK = new Color(0x22, 0x26, 0x2b);
  private static final Color FAINT = new Color(0x6b, 0x72, 0x7b);
  private static final Color GRID = new Color(0xe4, 0xe7, 0xea);

  /** Told apart by all common kinds of colour vision (Okabe and Ito, 2008). */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x00, 0x72, 0xb2),
          new Color(0xd5, 0x5e, 0x00),
          new Color(0x00, 0x9e, 0x73),
          new Color(0x33, 0x33, 0x33),
          new Color(0xcc, 0x79, 0xa7),
          new Color(0xe6, 0x9f, 0x00));

  private final String title;
  private final String subtitle;
  private final Samples samples;

  /** A page with these words at its head. */
  public CurvesPage(String title, String subtitle, Samples samples) {
    this.title = title;
    this.subtitle = subtitle;
    this.samples = samples;
  }

  /**
   * Draws into a PNG file.
   *
   * @throws IOException if it cannot be written
   */
  public void write(List<Panel> panels, Path file) throws IOException {
    if (!ImageIO.write(draw(panels), "png", file.toFile())) {
      throw new IOException("this Java cannot write PNG");
    }
  }

  private BufferedImage draw(List<Panel> panels) {
    int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
    int width = 2 * MARGIN + COLUMNS * PANEL_WIDTH;
    int height = 2 * MARGIN + HEADING + rows * PANEL_HEIGHT;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    var _ = Pen.TITLE.write(g, title, MARGIN, MARGIN + 30);
    var _ = Pen.SUBTITLE.write(g, subtitle, MARGIN, MARGIN + 64);
    for (int i = 0; i < panels.size(); i++) {
      Graphics2D part =
          (Graphics2D)
              g.create(
                  MARGIN + i % COLUMNS * PANEL_WIDTH,
                  MARGIN + HEADING + i / COLUMNS * PANEL_HEIGHT,
                  PANEL_WIDTH,
                  PANEL_HEIGHT);
      drawPanel(part, panels.get(i));
      part.dispose();
    }
    g.dispose();
    return image;
  }

  private void drawPanel(Graphics2D g, Panel panel) {
    List<Series> series = new ArrayList<>();
    List<Panel.Line> shown = new ArrayList<>();
    for (Panel.Line line : panel.lines()) {
      samples
          .series(line.column())
          .ifPresent(
              found -> {
                series.add(found);
                shown.add(line);
              });
    }
    double highest = series.stream().mapToDouble(each -> each.quantile(1)).max().orElse(0);
    double end = series.stream().mapToDouble(CurvesPage::end).max().orElse(0);
    Axis x = Axis.justTo(end / 60, 6);
    Axis y = Axis.upTo(highest / panel.divisor(), 4);
    String unit = panel.unit().isEmpty() ? "" : ", " + panel.unit();
    var _ = Pen.HEAD.write(g, panel.title() + unit, LEFT, 22);
    legend(g, shown);
    axes(g, x, y);
    for (int i = 0; i < series.size(); i++) {
      g.setColor(COLORS.get(i % COLORS.size()));
      g.setStroke(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
      g.draw(curve(series.get(i), panel.divisor(), x, y));
    }
  }

  private static double end(Series series) {
    double[] seconds = series.seconds();
    return seconds.length == 0 ? 0 : seconds[seconds.length - 1];
  }

  private static void legend(Graphics2D g, List<Panel.Line> lines) {
    int at = LEFT;
    for (int i = 0; i < lines.size(); i++) {
      g.setColor(COLORS.get(i % COLORS.size()));
      g.fillRoundRect(at, 40, 18, 5, 4, 4);
      at += 24 + Pen.LEGEND.write(g, lines.get(i).label(), at + 24, 48) + 20;
    }
  }

  private static void axes(Graphics2D g, Axis x, Axis y) {
    g.setStroke(new BasicStroke(1f));
    for (double tick : y.ticks()) {
      double at = vertical(tick, y);
      g.setColor(GRID);
      g.drawLine(LEFT, (int) at, PANEL_WIDTH - RIGHT, (int) at);
      Pen.TICK.writeUpTo(g, y.label(tick), LEFT - 10, (int) at + 6);
    }
    for (double tick : x.ticks()) {
      double at = horizontal(tick, x);
      g.setColor(FAINT);
      g.drawLine((int) at, PANEL_HEIGHT - BOTTOM, (int) at, PANEL_HEIGHT - BOTTOM + 5);
      String label = x.label(tick) + (tick == 0 ? " min" : "");
      Pen.TICK.writeAround(g, label, (int) at, PANEL_HEIGHT - BOTTOM + 24);
    }
    g.setColor(FAINT);
    g.drawLine(LEFT, PANEL_HEIGHT - BOTTOM, PANEL_WIDTH - RIGHT, PANEL_HEIGHT - BOTTOM);
  }

  /** Interrupted where nothing was measured. */
  private static Path2D curve(Series series, double divisor, Axis x, Axis y) {
    Path2D path = new Path2D.Double();
    boolean pen = false;
    for (int i = 0; i < series.values().length; i++) {
      double value = series.values()[i];
      if (Double.isNaN(value)) {
        pen = false;
        continue;
      }
      double atX = horizontal(series.seconds()[i] / 60, x);
      double atY = vertical(value / divisor, y);
      if (pen) {
        path.lineTo(atX, atY);
      } else {
        path.moveTo(atX, atY);
      }
      pen = true;
    }
    return path;
  }

  private static double horizontal(double value, Axis x) {
    return LEFT + value / x.max() * (PANEL_WIDTH - LEFT - RIGHT);
  }

  private static double vertical(double value, Axis y) {
    return PANEL_HEIGHT - BOTTOM - value / y.max() * (PANEL_HEIGHT - TOP - BOTTOM);
  }

  /** How something is written. */
  private record Pen(int style, int size, Color color) {
    static final Pen TITLE = new Pen(Font.BOLD, 30, INK);
    static final Pen SUBTITLE = new Pen(Font.PLAIN, 19, FAINT);
    static final Pen HEAD = new Pen(Font.BOLD, 19, INK);
    static final Pen LEGEND = new Pen(Font.PLAIN, 16, FAINT);
    static final Pen TICK = new Pen(Font.PLAIN, 15, FAINT);

    /** Returns the width. */
    int write(Graphics2D g, String words, int x, int baseline) {
      take(g);
      g.drawString(words, x, baseline);
      return g.getFontMetrics().stringWidth(words);
    }

    void writeUpTo(Graphics2D g, String words, int right, int baseline) {
      take(g);
      g.drawString(words, right - g.getFontMetrics().stringWidth(words), baseline);
    }

    void writeAround(Graphics2D g, String words, int middle, int baseline) {
      take(g);
      g.drawString(words, middle - g.getFontMetrics().stringWidth(words) / 2, baseline);
    }

    private void take(Graphics2D g) {
      g.setFont(new Font(Font.SANS_SERIF, style, size));
      g.setColor(color);
    }
  }
}
