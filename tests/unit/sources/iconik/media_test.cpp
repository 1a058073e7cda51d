#include "sources/iconik/media.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sources/iconik/asset.hpp"
#include "sources/iconik/config.hpp"
#include "sources/objects/faults.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

class IconikMedia : public IconikTest {
protected:
    Result<ChosenMedia> Choose(MediaWish wish, std::vector<std::string> types = {}) {
        Config config;
        config.media = wish;
        config.file_types = std::move(types);
        const auto asset = GetAsset(client_, std::string(kAsset), {});
        return asset ? ChooseMedia(client_, config, *asset, now_, {}) : Unexpected(asset.error());
    }

    Timestamp now_ = clock_.Now();

    std::string IdOfProxy(std::size_t number) {
        const auto answer = client_.Send(
            {.path = fmt::format("files/v1/assets/{}/proxies/", kAsset), .what = "the proxies"}, {}
        );
        return std::string(answer->at("objects").as_array().at(number).at("id").as_string());
    }
};

TEST_F(IconikMedia, TheSmallestProxyThatHasEnoughLinesIsChosen) {
    Make(
        fmt::format(
            R"("proxies": [{}, {}, {}], {})",
            Proxy("a", 1080),
            Proxy("b", 540),
            Proxy("c", 270),
            Original("film")
        )
    );
    const auto chosen = Choose(MediaWish::kAuto);
    ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
    EXPECT_EQ(chosen->kind, "proxies");
    EXPECT_EQ(chosen->id, IdOfProxy(1));
    EXPECT_EQ(chosen->lines, 540);
    EXPECT_EQ(chosen->no_proxy, "");
}

TEST_F(IconikMedia, WithoutAProxyThatWillDoTheOriginalIsChosenAndSaysSo) {
    Make(fmt::format(R"("proxies": [{}], {})", Proxy("c", 270), Original("film")));
    const auto chosen = Choose(MediaWish::kAuto);
    ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
    EXPECT_EQ(chosen->kind, "files");
    EXPECT_EQ(
        chosen->no_proxy,
        "the original was read: there is no proxy of 540 lines or more that is uploaded whole"
    );
}

TEST_F(IconikMedia, AProxyOnItsWayIsWaitedFor) {
    Make(fmt::format(R"("proxies": [{}], {})", Proxy("c", 720, R"("status": "OPEN")"), Original("film")));
    EXPECT_EQ(Choose(MediaWish::kAuto).error().reason, objects::kMediaNotReady);
    EXPECT_EQ(Choose(MediaWish::kProxy).error().code, ErrorCode::kThrottled);
    EXPECT_EQ(Choose(MediaWish::kOriginal)->kind, "files");
}

TEST_F(IconikMedia, TheOriginalOfAProxyThatNeverClosesIsReadAnHourAfterItWasMade) {
    Make(
        fmt::format(
            R"("proxies": [{}, {}], {})",
            Proxy("a", 720, R"("status": "OPEN", "made": "2026-11-28T10:00:00")"),
            Proxy("b", 720, R"("status": "AWAITED", "made": "2026-11-28T11:00:00")"),
            Original("film")
        )
    );
    now_ = FromRfc3339("2026-11-28T11:59:00Z").value();
    EXPECT_EQ(Choose(MediaWish::kAuto).error().reason, objects::kMediaNotReady);
    now_ = FromRfc3339("2026-11-28T12:00:00Z").value();
    const auto chosen = Choose(MediaWish::kAuto);
    ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
    EXPECT_EQ(chosen->kind, "files");
    EXPECT_EQ(
        chosen->no_proxy,
        "the original was read: a proxy that is on its way since 2026-11-28T11:00:00.000Z was not uploaded "
        "whole within 60 minutes"
    );
    EXPECT_EQ(Choose(MediaWish::kProxy).error().reason, objects::kMediaNotReady) << "a proxy or nothing";
}

TEST_F(IconikMedia, AnOriginalThatIsUploadedStillIsWaitedFor) {
    Make(Original("film") + R"(, "original_status": "GROWING")");
    EXPECT_EQ(Choose(MediaWish::kAuto).error().reason, objects::kMediaNotReady);
}

TEST_F(IconikMedia, AnAssetWithoutFilesIsWaitedFor) {
    Make(R"("title": "nothing yet")");
    EXPECT_EQ(Choose(MediaWish::kAuto).error().reason, objects::kMediaNotReady);
    EXPECT_EQ(Choose(MediaWish::kProxy).error().reason, objects::kMediaNotReady);
}

TEST_F(IconikMedia, AnArchivedOriginalIsArchivedButItsProxyIsRead) {
    Make(R"("archived": true, )" + Original("film"));
    EXPECT_EQ(Choose(MediaWish::kAuto).error().reason, objects::kArchived);
    Make(fmt::format(R"("archived": true, "proxies": [{}], {})", Proxy("p", 720), Original("film")));
    EXPECT_EQ(Choose(MediaWish::kAuto)->kind, "proxies");
}

TEST_F(IconikMedia, AnOriginalThatWasLostIsNotThere) {
    Make(Original("film") + R"(, "original_status": "MISSING")");
    EXPECT_EQ(Choose(MediaWish::kOriginal).error().code, ErrorCode::kNotFound);
}

TEST_F(IconikMedia, ATypeThatIsInNoListIsSkipped) {
    Make(fmt::format(R"("mime": "Video/MXF", "proxies": [{}], {})", Proxy("p", 720), Original("film")));
    EXPECT_EQ(Choose(MediaWish::kAuto, {"video/mp4"}).error().reason, "unsupported_media");
    EXPECT_TRUE(Choose(MediaWish::kAuto, {"video/mp4", "video/mxf"}).has_value());
}

}  // namespace
}  // namespace notify::iconik
