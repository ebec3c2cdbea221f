package io.balsa.service.config;

import io.balsa.model.BrokenInvariant;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of {@link NodeConfig}, read from its records: sections and their settings, in order.
 */
final class SettingTree {
  /** The sections, in the order of {@link NodeConfig}'s components. */
  static final List<Branch> SECTIONS =
      Arrays.stream(NodeConfig.class.getRecordComponents()).map(Branch::of).toList();

  /** Every setting by its key, in order. */
  static final Map<String, Setting> SETTINGS = settings();

  private SettingTree() {}

  /**
   * A section.
   *
   * @param name the first part of its settings' keys
   * @param meaning one sentence for operators
   * @param settings its settings, in order
   * @param component where it is in {@link NodeConfig}
   */
  record Branch(String name, String meaning, List<Setting> settings, RecordComponent component) {
    private static Branch of(RecordComponent component) {
      Section section = component.getAnnotation(Section.class);
      if (section == null) {
        throw new BrokenInvariant("a component of the tree says what it means: " + component);
      }
      String name = component.getName();
      List<Setting> settings =
          Arrays.stream(component.getType().getRecordComponents())
              .map(setting -> Setting.of(name, setting))
              .toList();
      return new Branch(name, section.meaning(), settings, component);
    }

    /**
     * Builds the section.
     *
     * @param values a value for each of its settings
     * @throws InvalidSettings if they do not go together
     */
    Record build(Map<Setting, Object> values) {
      return (Record) construct(component.getType(), settings.stream().map(values::get).toList());
    }

    /** This section of a tree. */
    Record in(NodeConfig config) {
      return (Record) value(component, config);
    }
  }

  /**
   * Checks every setting of a tree against its range.
   *
   * @param sections the sections, in order
   * @throws InvalidSettings if a setting is out of range
   */
  static void requireAllowed(List<Record> sections) {
    Relations ranges = new Relations();
    for (int i = 0; i < sections.size(); i++) {
      for (Setting setting : SECTIONS.get(i).settings()) {
        Object value = setting.valueIn(sections.get(i));
        ValueRule rule = setting.rule();
        ranges.require(rule.allows(value), setting.key(), rule.text(value), rule.allowed());
      }
    }
    ranges.check();
  }

  /**
   * Builds the tree.
   *
   * @param sections the sections, in order
   * @throws InvalidSettings if they do not go together
   */
  static NodeConfig build(List<Record> sections) {
    return (NodeConfig) construct(NodeConfig.class, sections);
  }

  /** The value of a record's component. */
  static Object value(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new BrokenInvariant("the tree's records can be read: " + component, e);
    }
  }

  private static Object construct(Class<?> type, List<?> values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidSettings invalid) {
        throw invalid;
      }
      throw new BrokenInvariant("the tree's records refuse only what is not allowed", e);
    } catch (ReflectiveOperationException e) {
      throw new BrokenInvariant("the tree's records can be built: " + type, e);
    }
  }

  private static Map<String, Setting> settings() {
    Map<String, Setting> settings = new LinkedHashMap<>();
    List<String> variables = new ArrayList<>();
    for (Branch section : SECTIONS) {
      for (Setting setting : section.settings()) {
        BrokenInvariant.check(
            settings.put(setting.key(), setting) == null
                && !variables.contains(setting.environmentName()),
            "keys and variables are unique",
            setting.key());
        variables.add(setting.environmentName());
      }
    }
    return settings;
  }
}
