package io.balsa.client.model;

import java.util.function.Function;

/**
 * What became of a call: it happened, it certainly did not, or nobody knows. A read is never
 * unknown.
 *
 * @param <T> what a success brings
 */
public sealed interface Result<T> {
  /**
   * It happened.
   *
   * @param value what it brought
   */
  record Yes<T>(T value) implements Result<T> {}

  /**
   * It did not happen and left nothing behind.
   *
   * @param refusal why
   */
  record No<T>(Refusal refusal) implements Result<T> {}

  /**
   * It may have happened, once. The same call with the same request id settles it, in this process
   * or in another one.
   *
   * @param requestId the id to retry with
   * @param why what is known
   */
  record Unknown<T>(String requestId, String why) implements Result<T> {}

  /** A success. */
  static <T> Result<T> yes(T value) {
    return new Yes<>(value);
  }

  /** A refusal. */
  static <T> Result<T> no(Refusal refusal) {
    return new No<>(refusal);
  }

  /** An unknown outcome. */
  static <T> Result<T> unknown(String requestId, String why) {
    return new Unknown<>(requestId, why);
  }

  /** True where it happened. */
  default boolean isYes() {
    return this instanceof Yes;
  }

  /** The same outcome with another value. */
  default <U> Result<U> map(Function<? super T, ? extends U> change) {
    return switch (this) {
      case Yes<T>(T value) -> new Yes<>(change.apply(value));
      case No<T>(Refusal refusal) -> new No<>(refusal);
      case Unknown<T>(String requestId, String why) -> new Unknown<>(requestId, why);
    };
  }

  /** The next step's outcome where this one happened, else this outcome. */
  default <U> Result<U> then(Function<? super T, Result<U>> next) {
    return switch (this) {
      case Yes<T>(T value) -> next.apply(value);
      case No<T>(Refusal refusal) -> new No<>(refusal);
      case Unknown<T>(String requestId, String why) -> new Unknown<>(requestId, why);
    };
  }

  /**
   * The value.
   *
   * @throws RefusedException if it did not happen
   * @throws UnknownOutcomeException if nobody knows
   */
  default T orElseThrow() {
    return switch (this) {
      case Yes<T>(T value) -> value;
      case No<T>(Refusal refusal) -> throw new RefusedException(refusal);
      case Unknown<T>(String requestId, String why) ->
          throw new UnknownOutcomeException(requestId, why);
    };
  }
}
