#include <string>
#include <vector>

#include <sys/stat.h>

#include "core/hash.hpp"
#include "unit/sources/local_folder.hpp"

namespace notify::testing {
namespace {

class LocalPublish : public LocalFolder {
protected:
    PublicationTarget Target(const std::string& key, const std::string& suffix = ".notifications.json") {
        return {.place = {}, .key = source_.PublicationKey(key, suffix), .media_type = {}};
    }

    Result<void> Publish(const std::string& key, std::string_view bytes) {
        return PublishAt(key, Target(key), bytes);
    }

    Result<void> PublishAt(const std::string& key, const PublicationTarget& target, std::string_view bytes) {
        Item item;
        item.key = key;
        return source_.Publish(bucket_, item, target, bytes, {});
    }

    /// A folder for results, beside the bucket's.
    std::filesystem::path Results() {
        std::filesystem::create_directories(base_ / "results");
        return base_ / "results";
    }
};

TEST_F(LocalPublish, WritesResultsBesideTheMediaReadableForItsNeighbours) {
    Write("day/a.mp4");
    const auto before = ::umask(077);
    EXPECT_TRUE(Publish("day/a.mp4", "{}").has_value());
    ::umask(before);
    EXPECT_EQ(ReadBack("day/a.mp4.notifications.json"), "{}");
    struct stat status{};
    ASSERT_EQ(::stat((folder_ / "day/a.mp4.notifications.json").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST_F(LocalPublish, ReplacesWhatWasThereAndLeavesNothingElse) {
    Write("a.mp4");
    ASSERT_TRUE(Publish("a.mp4", "first").has_value());
    ASSERT_TRUE(Publish("a.mp4", "second").has_value());
    EXPECT_EQ(ReadBack("a.mp4.notifications.json"), "second");
    EXPECT_EQ(Names(), (std::vector<std::string>{"a.mp4", "a.mp4.notifications.json"}));
}

TEST_F(LocalPublish, WritesNothingBesideMediaThatIsGone) {
    Write("a.mp4");
    std::filesystem::remove(folder_ / "a.mp4");
    const auto published = Publish("a.mp4", "{}");
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().code, ErrorCode::kNotFound);
    EXPECT_NE(published.error().message.find("not there any more"), std::string::npos);
    EXPECT_TRUE(Names().empty());
    EXPECT_EQ(Publish("gone/a.mp4", "{}").error().code, ErrorCode::kNotFound);
}

TEST_F(LocalPublish, LeavesNothingBehindWhenItFails) {
    Write("a.mp4");
    std::filesystem::create_directories(folder_ / "a.mp4.notifications.json" / "full");
    EXPECT_FALSE(Publish("a.mp4", "second").has_value());
    EXPECT_EQ(Names(), (std::vector<std::string>{"a.mp4", "a.mp4.notifications.json"}));
}

TEST_F(LocalPublish, TakesAwayWhatACrashLeftAndNoScanSeesIt) {
    Write("a.mp4");
    const auto left = ".notifications-" + Sha256Hex("a.mp4.notifications.json").substr(0, 16) + ".tmp";
    Write(left, "half");
    EXPECT_EQ(ScanKeys(), std::vector<std::string>{"a.mp4"});
    ASSERT_TRUE(Publish("a.mp4", "whole").has_value());
    EXPECT_EQ(ReadBack("a.mp4.notifications.json"), "whole");
    EXPECT_EQ(Names(), (std::vector<std::string>{"a.mp4", "a.mp4.notifications.json"}));
}

TEST_F(LocalPublish, IsForbiddenInAReadOnlyFolder) {
    Write("a.mp4");
    ::chmod(folder_.c_str(), 0555);
    WithModesOnly([&] {
        const auto published = Publish("a.mp4", "{}");
        ASSERT_FALSE(published.has_value());
        EXPECT_EQ(published.error().code, ErrorCode::kForbidden);
        EXPECT_NE(published.error().message.find(folder_.string()), std::string::npos);
    });
    EXPECT_EQ(Names(), std::vector<std::string>{"a.mp4"});
}

TEST_F(LocalPublish, ReplacesALinkInItsPlaceAndNotWhatItPointsTo) {
    Write("a.mp4");
    Write("precious", "keep me");
    std::filesystem::create_symlink("precious", folder_ / "a.mp4.notifications.json");
    ASSERT_TRUE(Publish("a.mp4", "{}").has_value());
    EXPECT_EQ(ReadBack("precious"), "keep me");
    EXPECT_EQ(ReadBack("a.mp4.notifications.json"), "{}");
}

TEST_F(LocalPublish, ShowsHowWhatStandsInItsPlaceBegins) {
    Write("a.mp4");
    Write("b.mp4.notifications.json", "{\"mine\":" + std::string(100, ' ') + "1}");
    std::filesystem::create_symlink("b.mp4.notifications.json", folder_ / "c.mp4.notifications.json");
    std::filesystem::create_directories(folder_ / "d.mp4.notifications.json");
    const auto start = [&](const std::string& key) {
        return source_.StartOfPublished(bucket_, Target(key), {}).value();
    };
    const auto refused = [&](const std::string& key) {
        return source_.StartOfPublished(bucket_, Target(key), {}).error().code;
    };
    EXPECT_EQ(start("a.mp4"), std::nullopt);
    EXPECT_EQ(start("b.mp4").value_or("").substr(0, 9), "{\"mine\": ");
    EXPECT_EQ(start("b.mp4").value_or("").size(), 64U);
    Write("e.mp4.notifications.json", "");
    EXPECT_EQ(start("e.mp4"), "");
    EXPECT_EQ(refused("c.mp4"), ErrorCode::kConflict) << "a link is no file of ours";
    EXPECT_EQ(refused("d.mp4"), ErrorCode::kConflict);
}

TEST_F(LocalPublish, RemovesWhatItWroteAndTheFolderThatIsLeftEmpty) {
    Write("day/a.pdf");
    const auto one = Target("day/a.pdf", ".assets/image-1.jpg");
    const auto two = Target("day/a.pdf", ".assets/image-2.jpg");
    ASSERT_TRUE(PublishAt("day/a.pdf", one, "1").has_value());
    ASSERT_TRUE(PublishAt("day/a.pdf", two, "2").has_value());
    ASSERT_TRUE(source_.RemovePublished(bucket_, two, {}).has_value());
    EXPECT_EQ(ReadBack("day/a.pdf.assets/image-1.jpg"), "1");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "day/a.pdf.assets/image-2.jpg"));
    ASSERT_TRUE(source_.RemovePublished(bucket_, one, {}).has_value());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "day/a.pdf.assets"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "day/a.pdf"));
    EXPECT_TRUE(source_.RemovePublished(bucket_, one, {}).has_value()) << "it is gone already";
}

TEST_F(LocalPublish, WritesNothingThroughALinkedFolder) {
    std::filesystem::create_directories(base_ / "outside");
    std::filesystem::create_directory_symlink(base_ / "outside", folder_ / "day");
    EXPECT_EQ(Publish("day/a.mp4", "{}").error().code, ErrorCode::kConflict);
    EXPECT_TRUE(std::filesystem::is_empty(base_ / "outside"));
}

TEST_F(LocalPublish, FindsANameAlsoForTheLongestOnes) {
    const std::string name(255, 'n');
    const std::string other = std::string(254, 'n') + "m";
    Write(name);
    Write(other);
    ASSERT_TRUE(Publish(name, "one").has_value());
    ASSERT_TRUE(Publish(other, "two").has_value());
    EXPECT_EQ(ReadBack(Target(name).key), "one");
    EXPECT_TRUE(PublishAt(name, Target(name, ".notifications.face-search.json"), "three").has_value());
}

TEST_F(LocalPublish, WritesIntoAFolderForResultsAndMakesThoseInIt) {
    Write("day/a.mp4");
    const PublicationTarget target{
        .place = Results(), .key = "inbox/day/a.mp4.notifications.csv", .media_type = {}
    };
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), std::nullopt);
    ASSERT_TRUE(PublishAt("day/a.mp4", target, "rows").has_value());
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), "rows");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "day/a.mp4.notifications.csv"));
    std::filesystem::remove(folder_ / "day/a.mp4");
    EXPECT_EQ(PublishAt("day/a.mp4", target, "more").error().code, ErrorCode::kNotFound);
}

TEST_F(LocalPublish, NeverMakesTheFolderForResultsItselfNorLeavesIt) {
    Write("a.mp4");
    const auto publish = [&](const std::filesystem::path& place, const std::string& key) {
        return PublishAt("a.mp4", {.place = place, .key = key, .media_type = {}}, "x").error().code;
    };
    EXPECT_EQ(publish(base_ / "not mounted", "a.csv"), ErrorCode::kUnavailable);
    EXPECT_FALSE(std::filesystem::exists(base_ / "not mounted"));
    EXPECT_EQ(publish(Results(), "../a.csv"), ErrorCode::kInvalidArgument);
    std::filesystem::create_directory_symlink(base_, Results() / "link");
    EXPECT_EQ(publish(Results(), "link/a.csv"), ErrorCode::kConflict);
}

}  // namespace
}  // namespace notify::testing
