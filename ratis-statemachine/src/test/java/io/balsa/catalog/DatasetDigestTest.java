package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.ObjectPath;
import io.balsa.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DatasetDigestTest {
  // Computed by another program from the recipe in docs/formats/digest.md.
  private static final String EMPTY =
      "e5a00aa9991ac8a5ee3109844d84a55583bd20572ad3ffcd42792f3c36b183ad";
  private static final String ONE =
      "3d83bdc82aec5e6c2c73fd18d4ca6863dd18ca9405bf927cc723091627cd181d";
  private static final String TWO =
      "c3956b3aa3f938d48f5d4a692323d983e6f3876e5fb7e9d6e7949838e3edaebb";

  @Test
  void theDocumentedVectorsHold() {
    assertThat(new DatasetDigest().digest()).hasToString(EMPTY);
    DatasetDigest digest = new DatasetDigest();
    digest.add(new ObjectPath("a"), sha256("one"));
    assertThat(digest.digest()).hasToString(ONE);
    digest.add(new ObjectPath("dir/ä"), sha256("two"));
    assertThat(digest.digest()).hasToString(TWO);
  }

  @Test
  void theOrderOfMembersDoesNotMatter() {
    List<Integer> members = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      members.add(i);
    }
    Sha256 ordered = digestOf(members).digest();
    Collections.shuffle(members, new Random(8_714));
    assertThat(digestOf(members).digest()).isEqualTo(ordered);
  }

  @Test
  void removingUndoesAdding() {
    DatasetDigest digest = digestOf(List.of(1, 2));
    Sha256 before = digest.digest();
    digest.add(path(3), sha256("3"));
    assertThat(digest.digest()).isNotEqualTo(before);
    digest.remove(path(3), sha256("3"));
    assertThat(digest.digest()).isEqualTo(before);
    digest.remove(path(1), sha256("1"));
    digest.remove(path(2), sha256("2"));
    assertThat(digest.digest()).isEqualTo(new DatasetDigest().digest());
  }

  @Test
  void twoHalvesCombineToTheWhole() {
    DatasetDigest half = digestOf(List.of(1, 2));
    half.combine(digestOf(List.of(3, 4)));
    assertThat(half.digest()).isEqualTo(digestOf(List.of(1, 2, 3, 4)).digest());
  }

  @Test
  void aSavedStateGoesOn() {
    DatasetDigest saved = DatasetDigest.ofState(digestOf(List.of(1, 2)).state());
    saved.add(path(3), sha256("3"));
    assertThat(saved.digest()).isEqualTo(digestOf(List.of(1, 2, 3)).digest());
    assertThatThrownBy(() -> DatasetDigest.ofState(new byte[2_047]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pathAndDigestBothCountAndDoNotRunTogether() {
    DatasetDigest one = new DatasetDigest();
    one.add(path(1), sha256("1"));
    DatasetDigest otherPath = new DatasetDigest();
    otherPath.add(path(2), sha256("1"));
    DatasetDigest otherBytes = new DatasetDigest();
    otherBytes.add(path(1), sha256("2"));
    assertThat(List.of(one.digest(), otherPath.digest(), otherBytes.digest()))
        .doesNotHaveDuplicates();
  }

  private static DatasetDigest digestOf(List<Integer> members) {
    DatasetDigest digest = new DatasetDigest();
    members.forEach(i -> digest.add(path(i), sha256(Integer.toString(i))));
    return digest;
  }

  private static ObjectPath path(int i) {
    return new ObjectPath("p/" + i);
  }

  private static Sha256 sha256(String text) {
    return Sha256.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
