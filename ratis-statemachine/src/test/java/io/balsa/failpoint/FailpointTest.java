package io.balsa.failpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailpointTest {
  private final List<String> halts = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void disarm() {
    Failpoint.disarm();
  }

  private void arm(String plan) {
    Failpoint.arm(FailpointPlan.parse(plan, halts::add));
  }

  @Test
  void withoutAPlanNothingHappens() {
    assertThat(Failpoint.isArmed()).isFalse();
    assertThatCode(() -> Failpoint.APPLY.before("catalog")).doesNotThrowAnyException();
  }

  @Test
  void theNthPassOverAnyPointHalts() throws IOException {
    arm("any=halt@3");
    Failpoint.APPLY.before("catalog");
    Failpoint.DISK_SYNC.before("pack-1.pack");
    assertThat(halts).isEmpty();
    Failpoint.DISK_SYNC.after("pack-1.pack");
    assertThat(halts).containsExactly("failpoint disk.sync.after at pass 3: pack-1.pack");
    Failpoint.APPLY.after("catalog");
    assertThat(halts).hasSize(1);
  }

  @Test
  void eachRuleCountsThePassesThatItIsAbout() throws IOException {
    arm("disk.sync.before~pack=halt@2,apply=halt@1");
    Failpoint.DISK_SYNC.before("identity");
    Failpoint.DISK_SYNC.after("pack-1.pack");
    Failpoint.DISK_SYNC.before("pack-1.pack");
    assertThat(halts).isEmpty();
    Failpoint.DISK_SYNC.before("pack-2.pack");
    Failpoint.APPLY.before("chunks-1");
    assertThat(halts)
        .containsExactly(
            "failpoint disk.sync.before at pass 2: pack-2.pack",
            "failpoint apply.before at pass 1: chunks-1");
  }

  @Test
  void aRuleMayWantTheEndOfAName() throws IOException {
    arm("disk.rename.after~/catalog$=halt@1");
    Failpoint.DISK_RENAME.after("n1/catalog.next");
    assertThat(halts).isEmpty();
    Failpoint.DISK_RENAME.after("n1/catalog");
    assertThat(halts).containsExactly("failpoint disk.rename.after at pass 1: n1/catalog");
  }

  @Test
  void anErrorMayGoOnForEver() throws IOException {
    arm("rows.flush=error@2+");
    Failpoint.ROWS_FLUSH.before("catalog");
    for (int pass = 2; pass < 5; pass++) {
      assertThatIOException().isThrownBy(() -> Failpoint.ROWS_FLUSH.before("catalog"));
    }
  }

  @Test
  void aWriteIsHalfDoneMidway() throws IOException {
    arm("disk.write.midway=error@1");
    Path path = folder.resolve("file");
    try (DiskFile file = Disk.real().create(path)) {
      ByteBuffer bytes = ByteBuffer.wrap("whole".getBytes(StandardCharsets.UTF_8));
      assertThatIOException().isThrownBy(() -> file.write(bytes, 2));
    }
    assertThat(Files.readString(path)).isEqualTo("\0\0wh");
  }

  @Test
  void anArmedDiskWritesTheSameBytes() throws IOException {
    arm("disk.write=halt@1000");
    Path path = folder.resolve("file");
    try (DiskFile file = Disk.real().create(path)) {
      for (int length = 0; length < 5; length++) {
        file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 0, length), length);
      }
    }
    assertThat(Files.readAllBytes(path)).containsExactly(0, 1, 1, 1, 1, 2, 3, 4);
  }

  @ParameterizedTest
  @EnumSource
  void eachPointHasANameOfItsOwnThatAPlanKnows(Failpoint point) {
    assertThat(Failpoint.of(point.text())).contains(point);
    arm(point.text() + ".after=halt@1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "any", "any=halt", "any=stop@1", "disk.synk=halt@1", "any=halt@1,", "x=y"})
  void aTextThatIsNoPlanIsRefused(String text) {
    assertThatThrownBy(() -> arm(text)).isInstanceOf(FailpointPlan.Unreadable.class);
  }
}
