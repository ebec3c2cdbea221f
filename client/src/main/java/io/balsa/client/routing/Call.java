package io.balsa.client.routing;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One logical call, however many attempts it takes.
 *
 * @param method what to call, unary or with a stream of answers
 * @param request what to send; the same in every attempt
 * @param aim which node it is for
 * @param requestId the id inside the request where this is a mutation; empty for a read
 * @param decoder checks and translates the answers; an {@code IllegalArgumentException} means that
 *     the node answered wrongly, and another one is asked
 * @param extent how much is moved
 * @param watcher told each answer as it comes, on gRPC's thread; only the last one is kept then,
 *     and the call is tried once
 */
public record Call<Q, A extends MessageLite, R>(
    MethodDescriptor<Q, A> method,
    Q request,
    Aim aim,
    Optional<String> requestId,
    Function<List<A>, R> decoder,
    Extent extent,
    Optional<Consumer<A>> watcher) {

  private static final long UNARY_BYTES_MAX = 20 << 20;

  /**
   * How much a call moves.
   *
   * @param bulky true: too much to send or fetch twice only because a node is slow
   * @param answerBytesMax bytes of answers to keep in memory; more are a wrong answer
   */
  record Extent(boolean bulky, long answerBytesMax) {}

  /** A read with one answer. */
  public static <Q, A extends MessageLite, R> Call<Q, A, R> read(
      MethodDescriptor<Q, A> method, Q request, Aim aim, Function<A, R> decoder) {
    return new Call<>(
        method,
        request,
        aim,
        Optional.empty(),
        answers -> decoder.apply(answers.getFirst()),
        new Extent(false, UNARY_BYTES_MAX),
        Optional.empty());
  }

  /**
   * A read with a stream of answers, kept in memory until it is complete.
   *
   * @param answerBytesMax more bytes are a wrong answer
   */
  public static <Q, A extends MessageLite, R> Call<Q, A, R> stream(
      MethodDescriptor<Q, A> method,
      Q request,
      Aim aim,
      long answerBytesMax,
      Function<List<A>, R> decoder) {
    return new Call<>(
        method,
        request,
        aim,
        Optional.empty(),
        decoder,
        new Extent(true, answerBytesMax),
        Optional.empty());
  }

  /**
   * Work that tells how far it is, as a stream of answers. Tried once.
   *
   * @param watcher told of each answer, on gRPC's thread
   * @param decoder translates the last one
   */
  public static <Q, A extends MessageLite, R> Call<Q, A, R> watch(
      MethodDescriptor<Q, A> method,
      Q request,
      Aim aim,
      Consumer<A> watcher,
      Function<A, R> decoder) {
    return new Call<>(
        method,
        request,
        aim,
        Optional.empty(),
        answers -> decoder.apply(answers.getLast()),
        new Extent(true, UNARY_BYTES_MAX),
        Optional.of(watcher));
  }

  /** A mutation whose request carries this request id. */
  public static <Q, A extends MessageLite, R> Call<Q, A, R> write(
      MethodDescriptor<Q, A> method, Q request, Aim aim, String requestId, Function<A, R> decoder) {
    return new Call<>(
        method,
        request,
        aim,
        Optional.of(requestId),
        answers -> decoder.apply(answers.getFirst()),
        new Extent(false, UNARY_BYTES_MAX),
        Optional.empty());
  }

  /** This call, marked as too much to send twice only because a node is slow. */
  public Call<Q, A, R> asBulky() {
    return new Call<>(
        method,
        request,
        aim,
        requestId,
        decoder,
        new Extent(true, extent.answerBytesMax()),
        watcher);
  }

  boolean isRead() {
    return requestId.isEmpty();
  }
}
