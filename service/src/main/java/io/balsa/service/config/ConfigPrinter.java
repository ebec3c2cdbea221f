package io.balsa.service.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Shows the tree of settings as YAML that {@link ConfigLoader} reads back: for each setting its
 * meaning, unit, default and range as comments, then its value. Stateless.
 */
public final class ConfigPrinter {
  private static final int WIDTH_MAX = 100;
  private static final String INDENT = "  ";

  private ConfigPrinter() {}

  /** The tree with a node's values; loading it gives an equal configuration. */
  public static String print(NodeConfig config) {
    return tree(Optional.of(config));
  }

  /** The tree with every default; what must be given stands there as a comment. */
  public static String printDefaults() {
    return tree(Optional.empty());
  }

  private static String tree(Optional<NodeConfig> config) {
    List<String> lines = new ArrayList<>();
    comment(
        lines,
        "",
        "Settings of a Balsa node. A flag wins over the environment variable, which stands behind"
            + " each setting, and that over this file.");
    for (SettingTree.Branch section : SettingTree.SECTIONS) {
      lines.add("");
      comment(lines, "", section.meaning());
      lines.add(section.name() + ":");
      Optional<Record> values = config.map(section::in);
      for (Setting setting : section.settings()) {
        comment(lines, INDENT, setting.meaning());
        comment(lines, INDENT, facts(setting));
        lines.add(INDENT + value(setting, values));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String facts(Setting setting) {
    ValueRule rule = setting.rule();
    String byDefault =
        setting.byDefault().map(value -> "default " + scalar(rule, value)).orElse("required");
    return rule.unit().map(unit -> "Unit " + unit).orElse("Text")
        + "; "
        + byDefault
        + "; allowed: "
        + rule.allowed()
        + "; "
        + setting.environmentName();
  }

  private static String value(Setting setting, Optional<Record> section) {
    Optional<Object> value = section.map(setting::valueIn).or(setting::byDefault);
    return value
        .map(given -> setting.name() + ": " + scalar(setting.rule(), given))
        .orElse("# " + setting.name() + ":");
  }

  private static String scalar(ValueRule rule, Object value) {
    return switch (rule) {
      case ValueRule.WholeNumber number -> number.text(value);
      case ValueRule.Text text -> quoted(text.text(value));
    };
  }

  /** A double-quoted scalar of YAML; what is neither ASCII nor a letter or digit is escaped. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if ((c >= ' ' && c <= '~') || Character.isLetterOrDigit(c)) {
        quoted.append(c);
      } else {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return quoted.append('"').toString();
  }

  private static void comment(List<String> lines, String indent, String text) {
    StringBuilder line = new StringBuilder(indent).append('#');
    for (String word : text.split(" ", -1)) {
      if (line.length() + 1 + word.length() > WIDTH_MAX) {
        lines.add(line.toString());
        line = new StringBuilder(indent).append('#');
      }
      line.append(' ').append(word);
    }
    lines.add(line.toString());
  }
}
