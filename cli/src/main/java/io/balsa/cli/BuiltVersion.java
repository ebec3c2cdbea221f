package io.balsa.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that was built, as Maven wrote it into the jar. */
final class BuiltVersion implements IVersionProvider {
  private static final String RESOURCE = "/META-INF/maven/io.balsa/balsa-cli/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    Properties built = new Properties();
    try (InputStream in = BuiltVersion.class.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        built.load(in);
      }
    }
    return new String[] {
      "balsa " + built.getProperty("version", "(not from a jar)"),
      "Java " + System.getProperty("java.vm.version")
    };
  }
}
