package io.balsa.service.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.balsa.service.config.Given.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the YAML file: sections, and in them settings. It takes a narrow YAML on purpose, one
 * document of two levels in UTF-8, without aliases and tags, and reads it as a stream of tokens, so
 * that no input can unfold into more than its own size.
 *
 * <p>Used once, by one thread.
 */
final class YamlSettings {
  /** Bytes of a file. */
  static final int FILE_BYTES_MAX = 1 << 20;

  private static final int DEPTH_MAX = 16;
  private static final String FILE = "the configuration file";
  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL) // what has no value, not what is ""
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxDocumentLength(FILE_BYTES_MAX)
                  .build())
          .build();

  private final String fileName;
  private final List<SettingProblem> problems;
  private final Map<String, Given> settings = new LinkedHashMap<>();

  private YamlSettings(String fileName, List<SettingProblem> problems) {
    this.fileName = fileName;
    this.problems = problems;
  }

  /**
   * Reads a file.
   *
   * @param problems gets what is wrong with the file; not with the values, which are not looked at
   * @return what is given, by key; known or not
   */
  static Map<String, Given> read(Path file, List<SettingProblem> problems) {
    YamlSettings reader = new YamlSettings(file.toString(), problems);
    try (YAMLParser parser = FACTORY.createParser(text(file))) {
      reader.document(parser);
    } catch (JsonProcessingException e) {
      String at = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      String reason = Given.shorten(e.getOriginalMessage());
      problems.add(new SettingProblem(FILE, file + at + ", " + reason, "plain YAML"));
    } catch (CharacterCodingException e) {
      problems.add(new SettingProblem(FILE, file + ", not UTF-8", "YAML in UTF-8"));
    } catch (IOException e) {
      problems.add(
          new SettingProblem(
              FILE, file + ", " + e, "a readable file of at most " + FILE_BYTES_MAX + " bytes"));
    }
    return reader.settings;
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length > FILE_BYTES_MAX) {
        throw new IOException("more than " + FILE_BYTES_MAX + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private void document(YAMLParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == JsonToken.START_OBJECT && isPlain(parser)) {
      sections(parser);
    } else if (first != null && first != JsonToken.VALUE_NULL) {
      refuse("the document", parser, "sections with settings below them");
      return;
    }
    if (first != null && parser.nextToken() != null) {
      refuse("the second document", parser, "one document in the file");
    }
  }

  private void sections(YAMLParser parser) throws IOException {
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      boolean known =
          SettingTree.SECTIONS.stream().anyMatch(section -> section.name().equals(name));
      JsonToken value = parser.nextToken();
      if (!known) {
        refuse(name, parser, "a known section, the nearest is " + nearestSection(name));
      } else if (!seen.add(name)) {
        refuse(name, parser, "each section once");
      } else if (!isPlain(parser)) {
        refusePlain(name, parser);
      } else if (value == JsonToken.START_OBJECT) {
        settings(name, parser);
      } else if (value != JsonToken.VALUE_NULL) {
        refuse(name, parser, "settings below it");
      }
    }
  }

  private void settings(String section, YAMLParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = section + '.' + parser.currentName();
      JsonToken value = parser.nextToken();
      if (settings.containsKey(key)) {
        refuse(key, parser, "each setting once");
      } else if (!isPlain(parser)) {
        refusePlain(key, parser);
      } else {
        settings.put(key, given(value, parser));
      }
    }
  }

  /** What the parser stands at; it then stands at the value's end. */
  private Given given(JsonToken value, YAMLParser parser) throws IOException {
    String source = fileName + " line " + parser.currentTokenLocation().getLineNr();
    return switch (value) {
      case VALUE_STRING -> new Given(parser.getText(), Kind.TEXT, source);
      case VALUE_NUMBER_INT -> new Given(parser.getText(), Kind.NUMBER, source);
      case START_OBJECT, START_ARRAY -> {
        parser.skipChildren();
        yield new Given(
            value == JsonToken.START_OBJECT ? "a mapping" : "a list", Kind.OTHER, source);
      }
      case VALUE_NULL -> new Given("nothing", Kind.OTHER, source);
      case VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
          new Given(parser.getText(), Kind.OTHER, source);
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IOException("no value at line " + parser.currentTokenLocation().getLineNr());
    };
  }

  private static boolean isPlain(YAMLParser parser) throws IOException {
    return !parser.isCurrentAlias() && parser.getObjectId() == null && parser.getTypeId() == null;
  }

  private void refusePlain(String key, YAMLParser parser) throws IOException {
    refuse(key, parser, "plain values, no anchors, aliases and tags");
  }

  private void refuse(String key, YAMLParser parser, String allowed) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("the file ends early");
    }
    problems.add(new SettingProblem(Given.shorten(key), given(token, parser).shown(), allowed));
  }

  private static String nearestSection(String name) {
    return name.indexOf('.') >= 0
        ? Nearest.to(name, SettingTree.SETTINGS.keySet()).replaceFirst("\\.", ": ")
        : Nearest.to(name, SettingTree.SECTIONS.stream().map(SettingTree.Branch::name).toList());
  }
}
