package io.balsa.service.config;

import io.balsa.model.BrokenInvariant;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * One setting of the tree.
 *
 * @param key the section's name, a dot and the setting's name
 * @param meaning one sentence for operators
 * @param rule what is allowed
 * @param byDefault the value when nobody gives one; nothing if somebody must
 * @param component where the value is in its section
 */
record Setting(
    String key,
    String meaning,
    ValueRule rule,
    Optional<Object> byDefault,
    RecordComponent component) {

  static final String ENVIRONMENT_PREFIX = "BALSA_";

  /** Reads a section's component and its annotation. */
  static Setting of(String section, RecordComponent component) {
    String key = section + '.' + settingName(component);
    NumberSetting number = component.getAnnotation(NumberSetting.class);
    if (number != null) {
      ValueRule rule =
          new ValueRule.WholeNumber(component.getType(), number.unit(), number.min(), number.max());
      Object byDefault = readDefault(key, rule, Long.toString(number.byDefault()));
      return new Setting(key, number.meaning(), rule, Optional.of(byDefault), component);
    }
    TextSetting text = component.getAnnotation(TextSetting.class);
    if (text == null) {
      throw new BrokenInvariant("a component of a section says what it means: " + key);
    }
    ValueRule rule = new ValueRule.Text(component.getType(), text.rule());
    Optional<Object> byDefault =
        text.required() ? Optional.empty() : Optional.of(readDefault(key, rule, text.byDefault()));
    return new Setting(key, text.meaning(), rule, byDefault, component);
  }

  /** The name within the section. */
  String name() {
    return key.substring(key.indexOf('.') + 1);
  }

  /** The environment variable that sets it. */
  String environmentName() {
    return ENVIRONMENT_PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** The setting's value in its section. */
  Object valueIn(Record section) {
    return SettingTree.value(component, section);
  }

  private static Object readDefault(String key, ValueRule rule, String text) {
    return rule.read(new Given(text, Given.Kind.PLAIN, "default"))
        .orElseThrow(() -> new BrokenInvariant("the default of " + key + " is allowed: " + text));
  }

  private static String settingName(RecordComponent component) {
    String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    return component.getType() == Duration.class ? name + "-ms" : name;
  }
}
