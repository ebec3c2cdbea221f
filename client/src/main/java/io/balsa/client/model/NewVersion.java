package io.balsa.client.model;

import java.util.List;

/**
 * A version to create.
 *
 * @param dataset the dataset's name
 * @param name the version's name, with the rules of a dataset's name
 * @param revision the revision to name; 0 means the newest where the request is applied
 * @param message free text, at most 4,096 bytes
 * @param parents at most 16 existing versions of the dataset
 */
public record NewVersion(
    String dataset, String name, long revision, String message, List<String> parents) {
  /** Takes a copy. */
  public NewVersion {
    parents = List.copyOf(parents);
  }

  /** Names the newest revision, without message and parents. */
  public static NewVersion ofHead(String dataset, String name) {
    return new NewVersion(dataset, name, 0, "", List.of());
  }
}
