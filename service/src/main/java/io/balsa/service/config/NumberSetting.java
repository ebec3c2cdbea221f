package io.balsa.service.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a setting that is a whole number. The component is an {@code int}, a {@code long} or, for
 * milliseconds, a {@code Duration}, whose key then ends in {@code -ms}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface NumberSetting {
  /** One sentence for operators: what it does, and what happens at the limit. */
  String meaning();

  /** What is counted. */
  String unit();

  /** The value when nobody gives one. */
  long byDefault();

  /** The smallest value allowed. */
  long min();

  /** The largest value allowed. */
  long max();
}
