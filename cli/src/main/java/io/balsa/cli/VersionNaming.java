package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.SealWait;
import io.balsa.client.model.CreatedVersion;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.time.Duration;
import java.util.List;

/**
 * Names a revision, and waits a while for the digest.
 *
 * @param session of the verb
 * @param atMost how long to wait
 */
record VersionNaming(Session session, Duration atMost) {

  /**
   * A version exists.
   *
   * @param version with its digest, if that came in time
   * @param receipt of its creation
   */
  record Named(VersionEntry version, WriteReceipt receipt) {
    /** For people. */
    List<String> lines() {
      String address = "balsa://" + version.dataset() + "@" + version.name();
      String what =
          version
              .seal()
              .map(
                  seal ->
                      Amounts.count(seal.objects()) + " objects, " + Amounts.bytes(seal.bytes()))
              .orElse("balsa version ls shows the digest when it is there");
      return List.of(
          address + " is revision " + version.revision() + ": " + what,
          "digest " + Text.seal(version));
    }
  }

  /** Names it; what comes after the yes only adds the digest. */
  Result<Named> name(NewVersion version, WriteOptions options) throws InterruptedException {
    return switch (session.client().versions().create(version, options)) {
      case Result.No<CreatedVersion>(Refusal refusal) -> Result.no(refusal);
      case Result.Unknown<CreatedVersion>(String requestId, String why) ->
          Result.unknown(requestId, why);
      case Result.Yes<CreatedVersion>(CreatedVersion created) -> {
        SealWait wait =
            new SealWait(session.client().versions(), session.surroundings().nanoTime());
        yield Result.yes(new Named(wait.await(created.version(), atMost), created.receipt()));
      }
    };
  }
}
