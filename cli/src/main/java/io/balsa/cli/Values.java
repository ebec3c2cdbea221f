package io.balsa.cli;

import io.balsa.client.model.ByteRange;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.Durability;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.Sha256;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the values of options are spelled. */
final class Values {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");

  private Values() {}

  /** Teaches a command line all of them. */
  static void register(CommandLine command) {
    command
        .registerConverter(Address.class, converter(Address::parse))
        .registerConverter(Duration.class, converter(Values::duration))
        .registerConverter(Consistency.class, converter(Values::consistency))
        .registerConverter(Endpoint.class, converter(Endpoint::parse))
        .registerConverter(ByteRange.class, converter(Values::range))
        .registerConverter(Durability.class, converter(Values::durability))
        .registerConverter(Sha256.class, converter(Sha256::parse));
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  /** A whole number and a unit: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}. */
  static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "duration='" + text + "', want a number and a unit: 500ms, 30s, 5m or 1h");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  /** {@code linearizable}, {@code bounded:500ms}, {@code at-least:REVISION} or {@code eventual}. */
  static Consistency consistency(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return switch (text) {
        case "linearizable" -> Consistency.linearizable();
        case "eventual" -> Consistency.eventual();
        default -> throw noLevel(text);
      };
    }
    String bound = text.substring(colon + 1);
    return switch (text.substring(0, colon)) {
      case "bounded" -> Consistency.bounded(duration(bound));
      case "at-least" -> Consistency.atLeast(number("revision", bound));
      default -> throw noLevel(text);
    };
  }

  private static IllegalArgumentException noLevel(String text) {
    return new IllegalArgumentException(
        "consistency='"
            + text
            + "', want linearizable, bounded:500ms, at-least:REVISION or eventual");
  }

  /** {@code OFFSET:LENGTH} or {@code OFFSET:} to the end. */
  static ByteRange range(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(
          "range='" + text + "', want OFFSET:LENGTH, or OFFSET: to the end");
    }
    long offset = number("offset", text.substring(0, colon));
    String length = text.substring(colon + 1);
    if (length.isEmpty()) {
      return new ByteRange(offset, 0);
    }
    long bytes = number("length", length);
    if (bytes == 0) {
      // The SDK's 0 means "to the end", which is not what somebody means who asks for nothing.
      throw new IllegalArgumentException("length=0, want >= 1");
    }
    return new ByteRange(offset, bytes);
  }

  private static Durability durability(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "majority" -> Durability.MAJORITY;
      case "all" -> Durability.ALL;
      default ->
          throw new IllegalArgumentException("durability='" + text + "', want majority or all");
    };
  }

  private static long number(String what, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(what + "='" + text + "', want a whole number", e);
    }
  }
}
