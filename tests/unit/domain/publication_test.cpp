#include "domain/publication.hpp"

#include <gtest/gtest.h>

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
        "'xls' is no format that results are published in; there are csv, vtt, edl, avid-markers, face-search"
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
        EXPECT_TRUE(IsPublicationKey("clip.mp4" + std::string(format.suffix))) << format.name;
    }
    EXPECT_TRUE(IsPublicationKey("clip.mp4.notifications.json"));
    EXPECT_FALSE(IsPublicationKey("clip.notifications.mp4"));
    EXPECT_FALSE(IsPublicationKey("clip.csv"));
}

}  // namespace
}  // namespace notify
