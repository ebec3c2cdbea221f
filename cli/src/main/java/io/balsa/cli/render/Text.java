package io.balsa.cli.render;

import io.balsa.client.model.Durability;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.ReadLevel;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteReceipt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The lines that people read. */
public final class Text {
  private static final int SHORT_DIGEST = 12;

  private Text() {}

  /** A level as {@code --consistency} spells it. */
  public static String level(ReadLevel level) {
    return level.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The age of an answer. */
  public static String age(ReadReceipt receipt) {
    return receipt.age().map(age -> "<= " + Amounts.duration(age)).orElse("unproven");
  }

  /** A read receipt in one line. */
  public static String receipt(ReadReceipt receipt) {
    return "read from "
        + receipt.node()
        + " at revision "
        + receipt.revision()
        + ", "
        + level(receipt.level())
        + ", age "
        + age(receipt);
  }

  /** A write receipt in one line. */
  public static String receipt(WriteReceipt receipt) {
    String proven = "durable on " + asMany(receipt.durability());
    return "revision "
        + receipt.revision()
        + ", "
        + proven
        + (receipt.isAsDurableAsAsked()
            ? ""
            : ", not yet on all replicas as asked: committed, do not send it again");
  }

  private static String asMany(Durability durability) {
    return switch (durability) {
      case ALL -> "all replicas";
      case MAJORITY -> "a majority";
    };
  }

  /** The beginning of a digest. */
  public static String digest(Sha256 digest) {
    return digest.toString().substring(0, SHORT_DIGEST);
  }

  /** The beginning of a digest in hexadecimal digits; a dash for none. */
  public static String digest(String hex) {
    return hex.isEmpty() ? "-" : hex.substring(0, Math.min(SHORT_DIGEST, hex.length()));
  }

  /** A time in UTC, to the second. */
  public static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** One line of a listing. */
  public static String entry(ListEntry entry) {
    return switch (entry) {
      case ListEntry.Found(ObjectStat stat) ->
          line(Amounts.bytes(stat.size()), time(stat.modified()), digest(stat.digest()), stat);
      case ListEntry.Folder(String prefix) -> line("-", "-", "-", prefix);
    };
  }

  private static String line(String size, String time, String digest, ObjectStat stat) {
    return line(size, time, digest, stat.path());
  }

  private static String line(String size, String time, String digest, String path) {
    return String.format(Locale.ROOT, "%10s  %-20s  %-12s  %s", size, time, digest, path);
  }

  /** The digest of a version, or that it is pending. */
  public static String seal(VersionEntry version) {
    return version.seal().map(seal -> seal.digest().toString()).orElse("pending");
  }
}
