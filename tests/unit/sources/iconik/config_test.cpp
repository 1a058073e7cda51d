#include "sources/iconik/config.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/json_schema.hpp"
#include "sources/iconik/schema.hpp"

namespace notify::iconik {
namespace {

TEST(IconikConfig, AnEndpointIsAHostWhateverStandsBehindIt) {
    for (const auto* const text :
         {"https://app.iconik.io",
          "https://app.iconik.io/",
          "https://app.iconik.io/API/",
          "https://app.iconik.io/API"}) {
        EXPECT_EQ(BaseUrl(text).value(), "https://app.iconik.io") << text;
    }
    EXPECT_EQ(BaseUrl("http://127.0.0.1:8080/").value(), "http://127.0.0.1:8080");
    for (const auto* const text :
         {"app.iconik.io",
          "ftp://app.iconik.io",
          "https://app.iconik.io/admin",
          "https://a:b@app.iconik.io",
          "https://app.iconik.io?x=1"}) {
        EXPECT_EQ(BaseUrl(text).error().code, ErrorCode::kInvalidArgument) << text;
    }
}

TEST(IconikConfig, HasDefaultsForWhatIsLeftOut) {
    const auto normal = NormaliseJson("iconik", Schema(), R"({"endpoint": "https://eu.iconik.io/"})");
    ASSERT_TRUE(normal.has_value()) << normal.error().message;
    const auto config = ReadConfig(*normal);
    ASSERT_TRUE(config.has_value()) << config.error().message;
    EXPECT_EQ(config->client.base_url, "https://eu.iconik.io");
    EXPECT_EQ(config->media, MediaWish::kAuto);
    EXPECT_EQ(config->min_lines, 540);
    EXPECT_EQ(config->media_wait, std::chrono::hours(24));
    EXPECT_TRUE(config->file_types.empty());
}

TEST(IconikConfig, PeopleAreTheirsByExplicitEntriesOnly) {
    const auto read = [](const std::string& more) {
        return ReadConfig(R"({"endpoint": "https://app.iconik.io", )" + more + "}");
    };
    const auto config =
        read(R"("segment_type": "PERSON", "person_map": {"per_1": "11111111-1111-4111-8111-111111111111"})");
    ASSERT_TRUE(config.has_value()) << config.error().message;
    EXPECT_EQ(config->writing.person_map.at("per_1"), "11111111-1111-4111-8111-111111111111");
    EXPECT_EQ(
        read(R"("segment_type": "PERSON", "person_map": {"A/B": "Ada"})").error().message,
        "/person_map/A~1B: must be the id of a person in Iconik, a UUID of 36 letters"
    );
    for (const auto* const wrong :
         {R"("segment_type": "PERSON")",
          R"("segment_type": "PERSON", "person_map": {})",
          R"("person_map": {"per_1": "11111111-1111-4111-8111-111111111111"})"}) {
        EXPECT_TRUE(read(wrong).error().message.starts_with("/person_map: ")) << wrong;
    }
}

TEST(IconikConfig, FileTypesOfAllListsAreTaken) {
    const auto config = ReadConfig(
        R"({"endpoint": "https://app.iconik.io", "video_file_types": ["Video/MP4"], "image_file_types": ["image/png"]})"
    );
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->file_types, (std::vector<std::string>{"video/mp4", "image/png"}));
    EXPECT_EQ(
        ReadConfig(R"({"endpoint": "https://app.iconik.io", "audio_file_types": ["wav"]})").error().message,
        "/audio_file_types: must hold media types like video/mp4"
    );
}

TEST(IconikConfig, ATokenInThePlaceOfASettingsNameIsRefusedAndNotRepeated) {
    const auto config =
        ReadConfig(R"({"endpoint": "https://app.iconik.io", "credentials": {"secret_key": "eyJhbGciOi"}})");
    ASSERT_FALSE(config.has_value());
    EXPECT_EQ(config.error().message.find("eyJhbGciOi"), std::string::npos);
}

TEST(IconikPlace, IsACollectionASavedSearchOrAllAssets) {
    const auto place = PlaceOf("collections/11111111-1111-4111-8111-111111111111");
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->kind, Place::Kind::kCollection);
    EXPECT_EQ(place->id, "11111111-1111-4111-8111-111111111111");
    EXPECT_EQ(PlaceOf("searches/11111111-1111-4111-8111-111111111111")->kind, Place::Kind::kSearch);
    EXPECT_EQ(PlaceOf("assets")->kind, Place::Kind::kAssets);
    for (const auto* const text :
         {"", "collections", "collections/", "collections/dailies", "assets/1", "jobs/1"}) {
        EXPECT_EQ(PlaceOf(text).error().code, ErrorCode::kInvalidArgument) << text;
    }
}

}  // namespace
}  // namespace notify::iconik
