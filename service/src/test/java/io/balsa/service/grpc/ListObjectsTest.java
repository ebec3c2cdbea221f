package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.datasets;
import static io.balsa.service.grpc.Calling.header;
import static io.balsa.service.grpc.Calling.objects;
import static io.balsa.service.grpc.Calling.put;
import static io.balsa.service.grpc.Calling.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.DeleteDatasetRequest;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.ListDatasetsRequest;
import io.balsa.api.v1.ListObjectsRequest;
import io.balsa.api.v1.ListObjectsResponse;
import io.balsa.api.v1.ListVersionsRequest;
import io.balsa.api.v1.ObjectInfo;
import io.balsa.api.v1.ReadLevel;
import io.balsa.api.v1.Snapshot;
import io.balsa.model.InvalidField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListObjectsTest {
  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.of(2);
    createDataset(cluster.node(0), "d");
    for (String path : List.of("a", "b/1", "b/2", "b/c/3", "c", "d", "\u00e9")) {
      putEmpty(path);
    }
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void pagesShowOneRevisionOnWhicheverNodeTheyAreServed() {
    ListObjectsRequest request = list().setPageSize(2).build();
    ListObjectsResponse first = objects(cluster.node(0)).listObjects(request);
    putEmpty("b/0");
    putEmpty("zz");

    List<String> paths = new ArrayList<>(paths(first));
    ListObjectsResponse page = first;
    for (int i = 1; !page.getNextPageToken().isEmpty(); i++) {
      page =
          objects(cluster.node(i % 2))
              .listObjects(request.toBuilder().setPageToken(page.getNextPageToken()).build());
      assertThat(page.getRevision()).isEqualTo(first.getRevision());
      assertThat(page.getReceipt().getLevel()).isEqualTo(ReadLevel.READ_LEVEL_AT_LEAST);
      paths.addAll(paths(page));
    }

    assertThat(paths).containsExactly("a", "b/1", "b/2", "b/c/3", "c", "d", "\u00e9");
    assertThat(first.getReceipt().getLevel()).isEqualTo(ReadLevel.READ_LEVEL_LINEARIZABLE);
  }

  @Test
  void aDelimiterFoldsAndPagesGoOnBehindTheFold() {
    ListObjectsRequest request = list().setDelimiter("/").setPageSize(2).build();
    ListObjectsResponse first = objects(cluster.node(0)).listObjects(request);
    ListObjectsResponse second =
        objects(cluster.node(0))
            .listObjects(request.toBuilder().setPageToken(first.getNextPageToken()).build());

    assertThat(paths(first)).containsExactly("a");
    assertThat(first.getCommonPrefixesList()).containsExactly("b/");
    assertThat(paths(second)).containsExactly("c", "d");
    assertThat(second.getCommonPrefixesList()).isEmpty();

    ListObjectsResponse inside =
        objects(cluster.node(0))
            .listObjects(request.toBuilder().setPrefix("b/").setPageSize(0).build());
    assertThat(paths(inside)).containsExactly("b/1", "b/2");
    assertThat(inside.getCommonPrefixesList()).containsExactly("b/c/");
    assertThat(inside.getNextPageToken()).isEmpty();
  }

  @Test
  void aVersionIsListedAsItWas() {
    var _ =
        datasets(cluster.node(0))
            .createVersion(CreateVersionRequest.newBuilder().setDataset("d").setName("v").build());
    putEmpty("later");
    ListObjectsRequest request =
        list().setSnapshot(Snapshot.newBuilder().setVersion("v")).setPageSize(6).build();

    ListObjectsResponse first = objects(cluster.node(1)).listObjects(request);
    ListObjectsResponse second =
        objects(cluster.node(1))
            .listObjects(request.toBuilder().setPageToken(first.getNextPageToken()).build());

    assertThat(paths(first)).hasSize(6);
    assertThat(paths(second)).containsExactly("\u00e9");
    assertThat(second.getReceipt().getLevel()).isEqualTo(ReadLevel.READ_LEVEL_PINNED);
  }

  @Test
  void aTokenOfAnotherListingIsRefused() {
    String token =
        objects(cluster.node(0)).listObjects(list().setPageSize(1).build()).getNextPageToken();

    refusedToken(list().setPageToken(token).setPrefix("b"));
    refusedToken(list().setPageToken(token).setDelimiter("/"));
    refusedToken(list().setPageToken(token).setSnapshot(Snapshot.newBuilder().setRevision(1)));
    refusedToken(list().setPageToken(token.substring(1)));

    createDataset(cluster.node(0), "e");
    refusedToken(list().setDataset("e").setPageToken(token));
    recreate();
    refusedToken(list().setPageToken(token));
  }

  @Test
  void aTokenIsWhatItWasOrNothing() {
    PageToken token = new PageToken(7, 42, PageToken.scope("a", "b"), "x/\u00e9");
    String text = token.encode();

    assertThat(PageToken.decode(text, token.scope())).isEqualTo(token);
    assertThat(PageToken.scope("a", "b")).isNotEqualTo(PageToken.scope("ab", ""));
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'B' ? 'C' : 'B';
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      assertThatThrownBy(() -> PageToken.decode(changed, token.scope()))
          .as(changed)
          .isInstanceOf(InvalidField.class);
    }
  }

  @Test
  void datasetsAndVersionsComeInPagesToo() {
    createDataset(cluster.node(0), "a");
    createDataset(cluster.node(0), "b");
    ListDatasetsRequest request = ListDatasetsRequest.newBuilder().setPageSize(2).build();
    var first = datasets(cluster.node(1)).listDatasets(request);
    var second =
        datasets(cluster.node(1))
            .listDatasets(request.toBuilder().setPageToken(first.getNextPageToken()).build());

    assertThat(first.getDatasetsList()).extracting(d -> d.getName()).containsExactly("a", "b");
    assertThat(second.getDatasetsList()).extracting(d -> d.getName()).containsExactly("d");
    assertThat(second.getNextPageToken()).isEmpty();

    for (String version : List.of("v1", "v2", "v3")) {
      var _ =
          datasets(cluster.node(0))
              .createVersion(
                  CreateVersionRequest.newBuilder().setDataset("d").setName(version).build());
    }
    ListVersionsRequest versions =
        ListVersionsRequest.newBuilder().setDataset("d").setPageSize(2).build();
    var some = datasets(cluster.node(1)).listVersions(versions);
    var rest =
        datasets(cluster.node(1))
            .listVersions(versions.toBuilder().setPageToken(some.getNextPageToken()).build());
    assertThat(some.getVersionsList()).extracting(v -> v.getName()).containsExactly("v1", "v2");
    assertThat(rest.getVersionsList()).extracting(v -> v.getName()).containsExactly("v3");
  }

  private void refusedToken(ListObjectsRequest.Builder request) {
    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_INVALID_FIELD,
            () -> objects(cluster.node(0)).listObjects(request.build()));
    assertThat(problem.facts()).containsEntry("field", "page_token");
  }

  private void recreate() {
    var _ =
        datasets(cluster.node(0))
            .deleteDataset(
                DeleteDatasetRequest.newBuilder().setName("d").setRecursive(true).build());
    createDataset(cluster.node(0), "d");
  }

  private void putEmpty(String path) {
    var _ = put(cluster.node(0), header("d", path), new byte[0]);
  }

  private static ListObjectsRequest.Builder list() {
    return ListObjectsRequest.newBuilder().setDataset("d");
  }

  private static List<String> paths(ListObjectsResponse page) {
    return page.getObjectsList().stream().map(ObjectInfo::getPath).toList();
  }
}
