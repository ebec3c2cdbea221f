package io.balsa.cli.demo;

import io.balsa.cli.transfer.Lanes;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;

/** Reads what was acknowledged, linearizably, and checks it. */
record Verification(Scene scene, String dataset) {
  private static final int LANES = 16;

  /**
   * Files of an upload: each byte against its file, each digest against its acknowledgement.
   *
   * @param prefix stands before each path
   * @param folder where the files are
   * @return how many were checked
   */
  long files(String prefix, Path folder, Map<String, Stored> acknowledged)
      throws IOException, InterruptedException {
    try (Lanes lanes = new Lanes("balsa-demo-check", LANES)) {
      for (Map.Entry<String, Stored> each : acknowledged.entrySet()) {
        String path = each.getKey().startsWith(prefix) ? each.getKey() : prefix + each.getKey();
        Path file = folder.resolve(path.substring(prefix.length()));
        lanes.begin(() -> file(path, file, each.getValue().digest()));
      }
      lanes.join();
    }
    return acknowledged.size();
  }

  private void file(String path, Path file, Sha256 digest) throws IOException {
    try (InputStream right = Files.newInputStream(file)) {
      ComparingStream compare = new ComparingStream(path, right);
      require(path, digest, get(path, compare).digest());
      var _ = compare.end();
    }
  }

  /**
   * Small writes: the digest of the bytes that come against that of the bytes that were sent.
   *
   * @return how many were checked
   */
  long writes(List<WriteLog.Write> writes) throws IOException, InterruptedException {
    try (Lanes lanes = new Lanes("balsa-demo-check", LANES)) {
      for (WriteLog.Write write : writes) {
        lanes.begin(
            () -> {
              MessageDigest hash = Sha256.newDigest();
              OutputStream to = new DigestOutputStream(OutputStream.nullOutputStream(), hash);
              require(write.path(), write.digest(), get(write.path(), to).digest());
              require(write.path(), write.digest(), Sha256.fromBytes(hash.digest()));
            });
      }
      lanes.join();
    }
    return writes.size();
  }

  private ObjectStat get(String path, OutputStream to) throws IOException {
    return scene
        .client()
        .objects()
        .get(dataset, path, GetOptions.DEFAULT, to)
        .orElseThrow()
        .value();
  }

  private static void require(String path, Sha256 acknowledged, Sha256 found) throws DemoFailed {
    if (!found.equals(acknowledged)) {
      throw new DemoFailed(
          path + " was acknowledged with digest " + acknowledged + ", and has " + found);
    }
  }
}
