package io.balsa.service.check;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

/** What a check found, for programs. No state. */
public final class FindingsJson {
  private FindingsJson() {}

  /**
   * One line: an object with {@code folder}, {@code sound}, how many {@code findings} and {@code
   * notes} there are, and the first of both as {@code found} and {@code noted}, each with {@code
   * where} and {@code what}.
   */
  public static String of(Path folder, Findings findings) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("folder", folder.toString());
      json.writeBooleanField("sound", findings.count() == 0);
      json.writeNumberField("findings", findings.count());
      json.writeNumberField("notes", findings.noteCount());
      write(json, "found", findings.kept());
      write(json, "noted", findings.notes());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, String field, List<Finding> all)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (Finding each : all) {
      json.writeStartObject();
      json.writeStringField("where", each.where().toString());
      json.writeStringField("what", each.what());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
