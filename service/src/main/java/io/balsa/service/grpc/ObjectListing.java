package io.balsa.service.grpc;

import io.balsa.api.v1.ListObjectsRequest;
import io.balsa.api.v1.ListObjectsResponse;
import io.balsa.catalog.CatalogQueries;
import io.balsa.catalog.ListQuery;
import io.balsa.catalog.Listing;
import io.balsa.model.DatasetName;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Lists objects in pages that all show the revision of the first, on whichever nodes they are
 * served. Thread-safe.
 */
final class ObjectListing {
  private static final int PAGE_SIZE_UNSET = 1_000;

  private final FreshReads reads;

  ObjectListing(FreshReads reads) {
    this.reads = reads;
  }

  /** One page. */
  ListObjectsResponse list(ListObjectsRequest request, Budget budget) throws InterruptedException {
    DatasetName dataset = Fields.dataset("dataset", request.getDataset());
    int pageSize = Fields.pageSize(request.getPageSize(), PAGE_SIZE_UNSET);
    Snapshot asked = Fields.snapshot(request.getSnapshot());
    ReadRule firstRule = Fields.rule(request.getConsistency(), asked);
    check(request);
    long scope =
        PageToken.scope("objects", request.getPrefix(), request.getDelimiter(), asked.toString());
    Optional<PageToken> token =
        request.getPageToken().isEmpty()
            ? Optional.empty()
            : Optional.of(PageToken.decode(request.getPageToken(), scope));
    return reads.dataset(
        dataset,
        token.map(page -> laterSnapshot(asked, page)).orElse(asked),
        token.map(page -> laterRule(asked, page)).orElse(firstRule),
        budget,
        scene -> {
          boolean isOther =
              token.isPresent()
                  && (token.get().datasetId() != scene.dataset().id()
                      || token.get().revision() != scene.revision());
          if (isOther) {
            throw PageToken.wrong(request.getPageToken());
          }
          String startAfter = token.map(PageToken::last).orElse("");
          return page(request, scene, startAfter, pageSize, scope);
        });
  }

  private static void check(ListObjectsRequest request) {
    Limits.require(
        "prefix bytes",
        request.getPrefix().getBytes(StandardCharsets.UTF_8).length,
        0,
        Limits.PATH_BYTES_MAX);
    if (!request.getDelimiter().isEmpty() && !request.getDelimiter().equals("/")) {
      throw new InvalidField("delimiter", request.getDelimiter(), "empty or '/'");
    }
  }

  /** A version keeps its revision readable, however old, as long as it is asked for as that. */
  private static Snapshot laterSnapshot(Snapshot asked, PageToken page) {
    return asked instanceof Snapshot.AtVersion ? asked : new Snapshot.AtRevision(page.revision());
  }

  /** The first page has proven its freshness; the others only need its revision. */
  private static ReadRule laterRule(Snapshot asked, PageToken page) {
    return asked instanceof Snapshot.AtVersion
        ? new ReadRule.Pinned()
        : new ReadRule.AtLeast(page.revision());
  }

  private static ListObjectsResponse page(
      ListObjectsRequest request,
      FreshReads.Scene scene,
      String startAfter,
      int pageSize,
      long scope) {
    Listing listing =
        CatalogQueries.list(
            scene.view(),
            new ListQuery(
                scene.dataset().id(),
                scene.revision(),
                request.getPrefix(),
                request.getDelimiter(),
                startAfter,
                pageSize));
    ListObjectsResponse.Builder answer =
        ListObjectsResponse.newBuilder()
            .addAllCommonPrefixes(listing.commonPrefixes())
            .setReceipt(scene.receipt())
            .setRevision(scene.revision());
    listing.objects().forEach(object -> answer.addObjects(Answers.object(object, false)));
    listing
        .next()
        .map(last -> new PageToken(scene.dataset().id(), scene.revision(), scope, last).encode())
        .ifPresent(answer::setNextPageToken);
    return answer.build();
  }
}
