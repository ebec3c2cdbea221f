package io.balsa.service.config;

/**
 * One reason why a node does not start with the settings that it was given.
 *
 * @param key the setting's key, or the name of the input when it is not about one setting
 * @param given what was given and where, for a person
 * @param allowed what is allowed, for a person
 */
public record SettingProblem(String key, String given, String allowed) {
  /** The problem in one line. */
  public String line() {
    return key + " is " + given + "; allowed: " + allowed;
  }
}
