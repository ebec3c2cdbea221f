package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.LogPosition;
import io.balsa.model.ObjectPath;
import io.balsa.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class RowCodecTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/catalog-rows.txt");
  private static final CatalogHead HEAD =
      new CatalogHead(
          new LogPosition(5, 1_000),
          300,
          1_700_000_000_005L,
          77,
          digest(),
          new CollectionState(
              250, 290, 1_700_000_000_001L, 9, new TreeMap<>(Map.of(1, 40L, 3, 7L))));

  @Test
  void theBytesOnDiskAreThoseOfTheGoldenFile() throws IOException {
    List<String> lines = new ArrayList<>();
    SampleRows.all()
        .forEach(
            (name, row) ->
                lines.add(
                    "%s key=%s value=%s"
                        .formatted(name, hex(RowCodec.key(row)), hex(RowCodec.value(row)))));
    lines.add("head value=" + hex(RowCodec.headValue(HEAD)));
    lines.add("head-empty value=" + hex(RowCodec.headValue(CatalogHead.EMPTY)));
    if (System.getProperty("golden.rewrite") != null) {
      Files.write(GOLDEN, lines);
    }
    assertThat(Files.readAllLines(GOLDEN)).isEqualTo(lines);
  }

  @TestFactory
  List<DynamicTest> everyRowComesBack() {
    return SampleRows.all().entrySet().stream()
        .map(
            sample ->
                DynamicTest.dynamicTest(
                    sample.getKey(),
                    () -> assertThat(again(sample.getValue())).isEqualTo(sample.getValue())))
        .toList();
  }

  @Test
  void aHeadComesBack() {
    assertThat(RowCodec.decodeHead(RowCodec.headValue(HEAD))).isEqualTo(HEAD);
    assertThat(RowCodec.decodeHead(RowCodec.headValue(CatalogHead.EMPTY)))
        .isEqualTo(CatalogHead.EMPTY);
  }

  /** As it stood in catalog-rows.txt before the head told of collection. */
  @Test
  void aHeadOfVersionOneIsReadAsOneThatFreedNothing() {
    byte[] first = RowCodec.headValue(HEAD.with(CollectionState.NONE));
    byte[] old = Arrays.copyOf(first, first.length - 5);
    old[0] = 1;
    assertThat(RowCodec.decodeHead(old)).isEqualTo(HEAD.with(CollectionState.NONE));
  }

  @Test
  void missingAndTrailingBytesAreRefused() {
    for (CatalogRow row : SampleRows.all().values()) {
      byte[] value = RowCodec.value(row);
      for (int length = 0; length < value.length; length++) {
        assertUnreadable(row, RowCodec.key(row), Arrays.copyOf(value, length));
      }
      assertUnreadable(row, RowCodec.key(row), Arrays.copyOf(value, value.length + 1));
    }
    byte[] head = RowCodec.headValue(HEAD);
    assertThatThrownBy(() -> RowCodec.decodeHead(Arrays.copyOf(head, head.length + 1)))
        .isInstanceOf(UnreadableRow.class);
    assertThatThrownBy(() -> RowCodec.decodeHead(Arrays.copyOf(head, head.length - 1)))
        .isInstanceOf(UnreadableRow.class);
  }

  @Test
  void cutKeysAreRefused() {
    for (CatalogRow row : SampleRows.all().values()) {
      byte[] key = RowCodec.key(row);
      boolean isFixed =
          switch (RowCodec.table(row)) {
            case OBJECTS, TRANSACTIONS, CHUNKS -> true;
            case DATASETS, VERSIONS, REPLIES -> false;
          };
      if (isFixed) {
        assertUnreadable(row, Arrays.copyOf(key, key.length - 1), RowCodec.value(row));
        assertUnreadable(row, Arrays.copyOf(key, key.length + 1), RowCodec.value(row));
      }
      assertUnreadable(row, new byte[0], RowCodec.value(row));
    }
  }

  @Test
  void anotherFormatVersionIsRefused() {
    CatalogRow row = SampleRows.all().get("chunk");
    byte[] value = RowCodec.value(row);
    value[0]++;
    assertThatThrownBy(() -> RowCodec.decode(Table.CHUNKS, RowCodec.key(row), value))
        .isInstanceOf(UnreadableRow.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void whatIsReadIsWhatWouldBeWritten() {
    // Canonical: damaged bytes are refused, or are another row's only bytes.
    long seed = Long.getLong("seed", 20_261);
    Random random = new Random(seed);
    List<CatalogRow> rows = List.copyOf(SampleRows.all().values());
    for (int i = 0; i < 20_000; i++) {
      CatalogRow row = rows.get(random.nextInt(rows.size()));
      byte[] value = RowCodec.value(row);
      value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
      Optional<CatalogRow> read = readable(RowCodec.table(row), RowCodec.key(row), value);
      if (read.isPresent()) {
        assertThat(RowCodec.value(read.get())).as("-Dseed=%d", seed).isEqualTo(value);
      }
    }
  }

  @Test
  void anObjectsKeysSortByDatasetThenPathThenNewestFirst() {
    List<byte[]> inOrder =
        List.of(
            RowKeys.object(1, new ObjectPath("a"), 9),
            RowKeys.object(1, new ObjectPath("a"), 3),
            RowKeys.object(1, new ObjectPath("a b"), 3),
            RowKeys.object(1, new ObjectPath("a/b"), 300),
            RowKeys.object(1, new ObjectPath("ab"), 1),
            RowKeys.object(1, new ObjectPath("\uFFFD"), 1),
            RowKeys.object(1, new ObjectPath("\uD83E\uDEB5"), 1),
            RowKeys.object(2, new ObjectPath("a"), 9),
            RowKeys.object(256, new ObjectPath("a"), 9));
    List<byte[]> sorted = new ArrayList<>(inOrder.reversed());
    sorted.sort(Arrays::compareUnsigned);
    assertThat(sorted).containsExactlyElementsOf(inOrder);
  }

  @Test
  void aZeroByteInAStartMeansAfterThatPath() {
    byte[] key = RowKeys.object(1, new ObjectPath("a"), Long.MAX_VALUE);
    byte[] last = RowKeys.object(1, new ObjectPath("a"), 0);
    byte[] next = RowKeys.object(1, new ObjectPath("a b"), 0);
    byte[] after = RowKeys.objectsFrom(1, utf8("a\0"));
    assertThat(Arrays.compareUnsigned(RowKeys.objectsFrom(1, utf8("a")), key)).isNegative();
    assertThat(Arrays.compareUnsigned(after, last)).isPositive();
    assertThat(Arrays.compareUnsigned(after, next)).isNegative();
    assertThat(RowKeys.objectsFrom(1, utf8("a\0zzz"))).isEqualTo(after);
  }

  @Test
  void theHashCoversTableKeyLengthKeyAndValue() {
    CatalogRow row = SampleRows.all().get("dataset");
    byte[] key = RowCodec.key(row);
    byte[] value = RowCodec.value(row);
    ByteBuffer member =
        ByteBuffer.allocate(5 + key.length + value.length)
            .put((byte) 1)
            .putInt(key.length)
            .put(key)
            .put(value)
            .flip();
    assertThat(RowCodec.hash(row)).isEqualTo(Sha256.of(member));
  }

  private static CatalogRow again(CatalogRow row) {
    return RowCodec.decode(RowCodec.table(row), RowCodec.key(row), RowCodec.value(row));
  }

  private static Optional<CatalogRow> readable(Table table, byte[] key, byte[] value) {
    try {
      return Optional.of(RowCodec.decode(table, key, value));
    } catch (UnreadableRow e) {
      return Optional.empty();
    }
  }

  private static void assertUnreadable(CatalogRow row, byte[] key, byte[] value) {
    assertThatThrownBy(() -> RowCodec.decode(RowCodec.table(row), key, value))
        .as(row.toString())
        .isInstanceOf(UnreadableRow.class);
  }

  private static StateDigest digest() {
    return StateDigest.ZERO.plus(Sha256.OF_NOTHING);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
