package io.balsa.service.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a setting that is text; the component is a {@code String} or a {@code Path}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface TextSetting {
  /** One sentence for operators. */
  String meaning();

  /** What the text must look like. */
  TextRule rule();

  /** The value when nobody gives one; not looked at if {@link #required()}. */
  String byDefault() default "";

  /** Whether there is no default: the node does not start without a value. */
  boolean required() default false;
}
