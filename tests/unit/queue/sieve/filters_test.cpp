#include "queue/sieve/filters.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "queue/sieve/name_types.hpp"

namespace notify {
namespace {

using std::chrono::seconds;

constexpr Timestamp kNow{std::chrono::hours(400'000)};

Passage Of(const BucketFilters& filters, FoundObject object) {
    return Passes(filters, object, kNow);
}

FoundObject Named(std::string key) {
    return {.key = std::move(key), .size_bytes = 1000, .modified_at = kNow};
}

FoundObject Aged(seconds age) {
    return {.key = "a.mp4", .size_bytes = 1000, .modified_at = kNow - age};
}

TEST(Filters, LetEverythingPassWhenThereAreNone) {
    EXPECT_EQ(Of({}, Named("a.mp4")), Passage::kPasses);
    EXPECT_EQ(Of({}, {}), Passage::kPasses);
}

TEST(Filters, KeepTheirBoundsOfSize) {
    const BucketFilters filters{.min_bytes = 1000, .max_bytes = 2000};
    for (const auto& [size, passage] : std::vector<std::pair<std::uint64_t, Passage>>{
             {999, Passage::kLeftOut},
             {1000, Passage::kPasses},
             {2000, Passage::kPasses},
             {2001, Passage::kLeftOut},
         }) {
        EXPECT_EQ(Of(filters, {.key = "a.mp4", .size_bytes = size, .modified_at = kNow}), passage) << size;
    }
}

TEST(Filters, LetWhatIsTooYoungWaitAndLeaveWhatIsTooOldOut) {
    const BucketFilters filters{.min_age = seconds(60), .max_age = seconds(3600)};
    EXPECT_EQ(Of(filters, Aged(seconds(59))), Passage::kNotYet);
    EXPECT_EQ(Of(filters, Aged(seconds(60))), Passage::kPasses);
    EXPECT_EQ(Of(filters, Aged(seconds(3600))), Passage::kPasses);
    EXPECT_EQ(Of(filters, Aged(seconds(3601))), Passage::kLeftOut);
    EXPECT_EQ(Of(filters, Aged(seconds(-5))), Passage::kNotYet) << "dated ahead of now";
}

TEST(Filters, DoNotLetWaitWhatWillNeverPass) {
    const BucketFilters filters{.max_bytes = 10, .min_age = seconds(60)};
    EXPECT_EQ(Of(filters, Aged(seconds(1))), Passage::kLeftOut);
}

TEST(Filters, KnowTheMediaTypeByTheName) {
    const BucketFilters video{.media_types = {"video/"}};
    for (const auto* key : {"a.mp4", "A.MOV", "x/y.Mxf", "b.ts", "c.webm"}) {
        EXPECT_EQ(Of(video, Named(key)), Passage::kPasses) << key;
    }
    for (const auto* key : {"a.jpg", "a.wav", "notes.txt", "x.mp4/a.pdf", "a.notifications.json"}) {
        EXPECT_EQ(Of(video, Named(key)), Passage::kLeftOut) << key;
    }
}

TEST(Filters, LetPassWhatOnlyTheBytesCanTell) {
    const BucketFilters audio{.media_types = {"audio/"}};
    for (const auto* key : {"a", "a.", "a.unknown", "v1.2/name", ".mp4/name"}) {
        EXPECT_EQ(Of(audio, Named(key)), Passage::kPasses) << key;
    }
    for (const auto* key : {"sound.mxf", "sound.mp4", "sound.mov"}) {
        EXPECT_EQ(Of(audio, Named(key)), Passage::kPasses) << key << " may be sound alone";
    }
}

TEST(Filters, BelieveTheSourceMoreThanTheName) {
    const BucketFilters video{.media_types = {"video/*"}};
    auto object = Named("a.bin.jpg");
    object.media_type = "video/mp4";
    EXPECT_EQ(Of(video, object), Passage::kPasses);
    object = Named("a.mp4");
    object.media_type = "text/plain";
    EXPECT_EQ(Of(video, object), Passage::kLeftOut);
}

TEST(Filters, TakeAWholeMediaTypeOrItsBeginning) {
    const BucketFilters filters{.media_types = {"image/jpeg", "application/pdf", "audio/*"}};
    EXPECT_EQ(Of(filters, Named("a.JPEG")), Passage::kPasses);
    EXPECT_EQ(Of(filters, Named("a.png")), Passage::kLeftOut);
    EXPECT_EQ(Of(filters, Named("a.pdf")), Passage::kPasses);
    EXPECT_EQ(Of(filters, Named("a.flac")), Passage::kPasses);
}

TEST(Filters, AreRefusedWhenNothingCouldPassOrAMediaTypeIsNone) {
    const auto fault = [](const BucketFilters& filters) { return CheckFilters(filters).error().message; };
    EXPECT_EQ(fault({.min_bytes = 2, .max_bytes = 1}), "/filters/max_bytes: 1 is less than min_bytes, 2");
    EXPECT_EQ(
        fault({.min_age = seconds(60), .max_age = seconds(60)}),
        "/filters/max_age_seconds: 60 is not more than min_age_seconds, 60"
    );
    for (const auto* type :
         {"", "video", "/mp4", "*/mp4", "video/*/x", "video/m*", "Video/mp4", "a/b/c", "*"}) {
        EXPECT_EQ(
            fault({.media_types = {"image/", type}}),
            "/filters/media_types/1: '" + std::string(type) +
                "' is no media type like 'video/mp4' or 'video/*'"
        );
    }
    EXPECT_TRUE(
        CheckFilters({
                         .min_bytes = 1,
                         .max_bytes = 1,
                         .media_types = {"video/", "video/*", "application/vnd.oasis.opendocument.text"},
                     })
            .has_value()
    );
}

TEST(NameTypes, AreOfTheLastExtensionOfTheLastPart) {
    EXPECT_EQ(ExtensionOf("a.b/c.tar.GZ"), "GZ");
    EXPECT_EQ(ExtensionOf("a.b/c"), "");
    EXPECT_EQ(TypesOfName("x/a.MXF").size(), 2U);
    EXPECT_TRUE(TypesOfName("mxf").empty());
}

}  // namespace
}  // namespace notify
