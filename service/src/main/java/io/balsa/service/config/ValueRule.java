package io.balsa.service.config;

import io.balsa.model.BrokenInvariant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the value of a setting may be, and how it is read and shown. */
sealed interface ValueRule {

  /** The value, or nothing if it is not allowed. */
  Optional<Object> read(Given given);

  /** Whether a value of the right type is one that {@link #read} may return. */
  boolean allows(Object value);

  /** The value's text, which {@link #read} understands. */
  String text(Object value);

  /** What is allowed, for a person. */
  String allowed();

  /** What is allowed, for the person who gave something else. */
  String allowedInsteadOf(Given given);

  /** What is counted; nothing for a text. */
  Optional<String> unit();

  /** A whole number in decimal digits, as an {@code int}, a {@code long} or a duration in ms. */
  record WholeNumber(Class<?> type, String unitName, long min, long max) implements ValueRule {
    /** No leading zero, which YAML 1.1 takes for octal; no more digits than a long has. */
    private static final Pattern DIGITS = Pattern.compile("0|-?[1-9][0-9]{0,17}");

    public WholeNumber {
      BrokenInvariant.check(min <= max, "a setting has a range", min, max);
      BrokenInvariant.check(
          type != int.class || (min >= Integer.MIN_VALUE && max <= Integer.MAX_VALUE),
          "the range of an int setting fits into an int",
          min,
          max);
      BrokenInvariant.check(
          type == int.class || type == long.class || (isDuration(type) && unitName.equals("ms")),
          "a number setting is an int, a long, or a Duration in ms",
          type,
          unitName);
    }

    @Override
    public Optional<Object> read(Given given) {
      return switch (given.kind()) {
        case NUMBER, PLAIN ->
            DIGITS.matcher(given.text()).matches()
                ? typed(Long.parseLong(given.text())).filter(this::allows)
                : Optional.empty();
        case TEXT, OTHER -> Optional.empty();
      };
    }

    @Override
    public boolean allows(Object value) {
      long number = number(value);
      return number >= min && number <= max;
    }

    @Override
    public String text(Object value) {
      return Long.toString(number(value));
    }

    @Override
    public String allowed() {
      return "a whole number from " + min + " to " + max;
    }

    @Override
    public String allowedInsteadOf(Given given) {
      return allowed();
    }

    @Override
    public Optional<String> unit() {
      return Optional.of(unitName);
    }

    private Optional<Object> typed(long number) {
      if (number < min || number > max) {
        return Optional.empty();
      }
      if (isDuration(type)) {
        return Optional.of(Duration.ofMillis(number));
      }
      return type == int.class ? Optional.of((int) number) : Optional.of(number);
    }

    private static long number(Object value) {
      return value instanceof Duration duration
          ? duration.toMillis()
          : ((Number) value).longValue();
    }

    private static boolean isDuration(Class<?> type) {
      return type == Duration.class;
    }
  }

  /** A text, as a {@code String} or a {@code Path}. */
  record Text(Class<?> type, TextRule rule) implements ValueRule {
    public Text {
      BrokenInvariant.check(
          type == (rule == TextRule.FOLDER ? Path.class : String.class),
          "a text setting is a String, or a Path if it names a folder",
          type,
          rule);
    }

    @Override
    public Optional<Object> read(Given given) {
      return switch (given.kind()) {
        case TEXT, PLAIN ->
            rule.allows(given.text())
                ? Optional.of(rule == TextRule.FOLDER ? Path.of(given.text()) : given.text())
                : Optional.empty();
        case NUMBER, OTHER -> Optional.empty();
      };
    }

    @Override
    public boolean allows(Object value) {
      return rule.allows(value.toString());
    }

    @Override
    public String text(Object value) {
      return value.toString();
    }

    @Override
    public String allowed() {
      return rule.allowed();
    }

    @Override
    public String allowedInsteadOf(Given given) {
      return switch (given.kind()) {
        case TEXT, PLAIN -> allowed();
        // YAML took it for something else, and its text may well be allowed.
        case NUMBER, OTHER -> "text in quotes: " + allowed();
      };
    }

    @Override
    public Optional<String> unit() {
      return Optional.empty();
    }
  }
}
