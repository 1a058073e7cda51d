#include "domain/publication.hpp"

#include <gtest/gtest.h>

#include "domain/published_picture.hpp"

namespace notify {
namespace {

TEST(PublicationFormats, AreFoundByNameAndOtherwiseNamed) {
    EXPECT_EQ(FindPublicationFormat("edl").value().suffix, ".notifications.edl");
    EXPECT_EQ(FindPublicationFormat("notifications.json").value().suffix, ".notifications.json");
    const auto unknown = FindPublicationFormat("xls");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(
        unknown.error().message,
        "'xls' is no format that results are published in; there are csv, vtt, edl, avid-markers, "
        "face-search, markdown"
    );
}

TEST(PublicationFormats, OfAnAssetAreATimelineWhateverTheBucketNames) {
    Bucket bucket;
    bucket.kind = "s3";
    bucket.options.publishing.formats = {"csv"};
    EXPECT_EQ(WantedFormats(bucket), (std::vector<std::string>{"notifications.json", "csv"}));
    EXPECT_FALSE(HoldsAssets(bucket));
    bucket.kind = "iconik";
    EXPECT_EQ(WantedFormats(bucket), std::vector<std::string>{"timeline"});
    EXPECT_TRUE(HoldsAssets(bucket));
    EXPECT_EQ(FindPublicationFormat("timeline").value().name, "timeline");
    EXPECT_EQ(FindPublicationFormat("status").value().name, "status");
}

TEST(PublicationFormats, AreKnownByTheEndOfTheirKeys) {
    for (const auto& format : kMorePublications) {
        EXPECT_EQ(IsPublicationKey("clip.mp4" + std::string(format.suffix)), format.name != "markdown")
            << format.name;
    }
    EXPECT_FALSE(IsPublicationKey("notes.md")) << "people write such files too, which grow";
    EXPECT_TRUE(IsPublicationKey("clip.mp4.notifications.json"));
    EXPECT_FALSE(IsPublicationKey("clip.notifications.mp4"));
    EXPECT_FALSE(IsPublicationKey("clip.csv"));
}

TEST(PublishedPictures, AreKnownByTheirKeys) {
    EXPECT_TRUE(IsPictureKey("day/a.pdf.assets/" + PictureName(7)));
    for (const auto* other :
         {"day/a.pdf/image-7.jpg",
          "image-7.jpg",
          "a.assets/image-.jpg",
          "a.assets/image-7.png",
          "a.assets/image-7b.jpg",
          "a.assets/b/image-7.jpg",
          "a.assets/7.jpg",
          "a.assets/image-7"}) {
        EXPECT_FALSE(IsPictureKey(other)) << other;
    }
}

}  // namespace
}  // namespace notify
