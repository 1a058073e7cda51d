#include "sources/local/local_source.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/sources/local_folder.hpp"

namespace notify::testing {
namespace {

using Keys = std::vector<std::string>;
using std::chrono::seconds;

class LocalScan : public LocalFolder {};

TEST_F(LocalScan, FindsFilesInFoldersUnderTheirPath) {
    Write("a.mp4");
    Write("day 1/b.mov");
    EXPECT_EQ(ScanKeys(), (Keys{"a.mp4", "day 1/b.mov"}));
    EXPECT_EQ(report_.seen, 2U);
    EXPECT_EQ(report_.note, "");
}

TEST_F(LocalScan, ListsInByteOrderOfTheKeysAlsoBetweenFilesAndFolders) {
    for (const auto* key : {"b.mov", "a/z.mov", "a.mov", "a0", "a/b/c", "Z", "a/b-1", "\xC3\xA9", "a-b"}) {
        Write(key);
    }
    std::vector<std::string> keys;
    for (const auto& object : Scan()) {
        keys.push_back(object.key);
    }
    EXPECT_EQ(
        keys,
        (std::vector<std::string>{
            "Z", "a-b", "a.mov", "a/b-1", "a/b/c", "a/z.mov", "a0", "b.mov", "\xC3\xA9"
        })
    );
}

TEST_F(LocalScan, NamesTheSameVersionUntilTheBytesChange) {
    Write("a.mp4", "one");
    const auto first = Scan().front();
    EXPECT_EQ(Scan().front().version, first.version);
    EXPECT_EQ(first.size_bytes, 3U);
    Write("a.mp4", "longer");
    EXPECT_NE(Scan().front().version, first.version);
}

TEST_F(LocalScan, AppliesTheBucketsGlobs) {
    Write("a.mp4");
    Write("a.txt");
    Write("proxy/a.mp4");
    bucket_.include = {"*.mp4"};
    bucket_.exclude = {"proxy/**"};
    EXPECT_EQ(ScanKeys(), Keys{"a.mp4"});
    EXPECT_EQ(report_.seen, 1U);
}

TEST_F(LocalScan, LeavesAGrowingFileAloneUntilItIsStill) {
    bucket_.settle_time = seconds(2);
    Write("a.mp4", "first");
    EXPECT_EQ(ScanKeys(), Keys{});
    EXPECT_EQ(report_.settling, 1U);
    ASSERT_TRUE(report_.look_again_at.has_value());
    EXPECT_GT(*report_.look_again_at, clock_.Now());
    clock_.Advance(seconds(2));
    Append("a.mp4", "more");
    EXPECT_EQ(ScanKeys(), Keys{});
    clock_.Advance(seconds(3));
    EXPECT_EQ(ScanKeys(), Keys{"a.mp4"});
    EXPECT_EQ(ScanKeys(), Keys{"a.mp4"});
    EXPECT_FALSE(report_.look_again_at.has_value());
}

TEST_F(LocalScan, CountsNoResultFileAsGrowing) {
    bucket_.settle_time = seconds(2);
    Write("a.mp4.notifications.json", "{}");
    EXPECT_EQ(ScanKeys(), Keys{"a.mp4.notifications.json"}) << "whose it is says the ledger";
    EXPECT_EQ(report_.settling, 0U);
}

TEST_F(LocalScan, TakesFilesThatWereThereLongBeforeAtOnce) {
    bucket_.settle_time = seconds(2);
    Write("a.mp4");
    clock_.Advance(std::chrono::hours(1));
    EXPECT_EQ(ScanKeys(), Keys{"a.mp4"});
}

TEST_F(LocalScan, ReportsLinksThatLeadOutOrNowhereWithAReason) {
    std::ofstream(base_ / "secret.txt") << "not ours";
    std::filesystem::create_symlink(base_ / "secret.txt", folder_ / "a.mp4");
    std::filesystem::create_symlink("../secret.txt", folder_ / "b.mp4");
    std::filesystem::create_symlink("nowhere", folder_ / "c.mp4");
    std::filesystem::create_directory_symlink("/etc", folder_ / "d");
    const auto found = Scan();
    ASSERT_EQ(found.size(), 4U);
    for (const auto& object : found) {
        EXPECT_EQ(object.skip_code, "link_outside") << object.key;
        EXPECT_NE(object.skip_reason, "");
    }
}

TEST_F(LocalScan, SeesWhatALinkInsidePointsToOnlyOnce) {
    Write("real/a.mp4");
    std::filesystem::create_symlink("real/a.mp4", folder_ / "again.mp4");
    std::filesystem::create_directory_symlink("real", folder_ / "mirror");
    std::filesystem::create_directory_symlink("..", folder_ / "real" / "loop");
    std::filesystem::create_directory_symlink(".", folder_ / "self");
    EXPECT_EQ(ScanKeys(), Keys{"real/a.mp4"});
}

TEST_F(LocalScan, ReportsUnreadableFilesWithAReason) {
    Write("a.mp4");
    ::chmod((folder_ / "a.mp4").c_str(), 0);
    WithModesOnly([&] {
        const auto found = Scan();
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found.front().skip_code, "unreadable");
        EXPECT_NE(found.front().skip_reason, "");
    });
}

TEST_F(LocalScan, GoesOnPastFoldersThatCannotBeOpenedAndSaysSo) {
    Write("open/a.mp4");
    Write("closed/b.mp4");
    ::chmod((folder_ / "closed").c_str(), 0);
    WithModesOnly([&] {
        EXPECT_EQ(ScanKeys(), Keys{"open/a.mp4"});
        EXPECT_NE(report_.note.find("closed"), std::string::npos) << report_.note;
    });
    ::chmod((folder_ / "closed").c_str(), 0755);
}

/// Lets no folder be read any more by the calling thread: the system answers as for a damaged disk.
void BreakFolders() {
    std::array<sock_filter, 4> filter{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_getdents64, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    const sock_fprog program{.len = filter.size(), .filter = filter.data()};
    ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

TEST_F(LocalScan, IsNoCompleteLookWhenTheFolderCannotBeReadToItsEnd) {
    Write("a.mp4");
    std::thread([&] {
        BreakFolders();
        const auto scanned = source_.Scan(
            {.bucket = bucket_, .start_after = {}}, [](FoundObject) { return Result<void>(); }, {}
        );
        ASSERT_FALSE(scanned);
        EXPECT_EQ(scanned.error().code, ErrorCode::kUnavailable);
        EXPECT_NE(scanned.error().message.find(folder_.string()), std::string::npos);
    }).join();
}

TEST_F(LocalScan, IgnoresPipesSocketsAndDotFiles) {
    Write(".hidden.mp4");
    Write(".folder/a.mp4");
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0644), 0);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (folder_ / "sock").string();
    ASSERT_LT(path.size(), sizeof(address.sun_path));
    path.copy(address.sun_path, path.size());
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(ScanKeys(), Keys{});
    ::close(fd);
}

TEST_F(LocalScan, TakesNamesThatAreNoUtf8AsTheyAre) {
    const std::string key = "cam\xff\xfe/\xe9t\xe9\n.mp4";
    Write(key);
    EXPECT_EQ(ScanKeys(), Keys{key});
    EXPECT_TRUE(source_.Open(bucket_, ItemOf(key), {}).has_value());
}

TEST_F(LocalScan, LooksNoDeeperThanAHundredFoldersAndSaysSo) {
    std::string deep;
    for (int i = 0; i < 120; ++i) {
        deep += "d/";
    }
    Write("a.mp4");
    Write(deep + "b.mp4");
    EXPECT_EQ(ScanKeys(), Keys{"a.mp4"});
    EXPECT_NE(report_.note, "");
}

TEST_F(LocalScan, SaysThatTheFolderIsGone) {
    bucket_.location = base_ / "gone";
    const auto scanned =
        source_.Scan({.bucket = bucket_, .start_after = {}}, [](FoundObject) { return Result<void>(); }, {});
    ASSERT_FALSE(scanned.has_value());
    EXPECT_EQ(scanned.error().code, ErrorCode::kNotFound);
    EXPECT_NE(scanned.error().message.find("gone"), std::string::npos);
}

TEST_F(LocalScan, EndsWhenStoppedAndWhenItsReceiverFails) {
    Write("a.mp4");
    std::stop_source stop;
    stop.request_stop();
    const auto take = [](FoundObject) { return Result<void>(); };
    EXPECT_EQ(
        source_.Scan({.bucket = bucket_, .start_after = {}}, take, stop.get_token()).error().code,
        ErrorCode::kStopped
    );
    const auto full = [](FoundObject) { return Result<void>(Fail(ErrorCode::kStorageFull, "full")); };
    EXPECT_EQ(
        source_.Scan({.bucket = bucket_, .start_after = {}}, full, {}).error().code, ErrorCode::kStorageFull
    );
}

class LocalOpen : public LocalFolder {};

TEST_F(LocalOpen, GivesTheBytesOfTheVersionThatWasSeen) {
    Write("day/a.mp4", "media bytes");
    auto opened = source_.Open(bucket_, ItemOf("day/a.mp4"), {});
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->size_bytes, 11U);
    std::string bytes(11, '\0');
    EXPECT_EQ(::pread(opened->descriptor.Get(), bytes.data(), bytes.size(), 0), 11);
    EXPECT_EQ(bytes, "media bytes");
}

TEST_F(LocalOpen, RefusesAFileThatChanged) {
    Write("a.mp4", "one");
    const auto item = ItemOf("a.mp4");
    Write("a.mp4", "other");
    EXPECT_EQ(source_.Open(bucket_, item, {}).error().code, ErrorCode::kConflict);
}

TEST_F(LocalOpen, SaysThatAFileIsGone) {
    Write("a.mp4");
    const auto item = ItemOf("a.mp4");
    std::filesystem::remove(folder_ / "a.mp4");
    EXPECT_EQ(source_.Open(bucket_, item, {}).error().code, ErrorCode::kNotFound);
}

TEST_F(LocalOpen, FollowsNoLinkPutInTheWayLater) {
    Write("day/a.mp4");
    const auto item = ItemOf("day/a.mp4");
    std::filesystem::rename(folder_ / "day", base_ / "elsewhere");
    std::filesystem::create_directory_symlink(base_ / "elsewhere", folder_ / "day");
    EXPECT_EQ(source_.Open(bucket_, item, {}).error().code, ErrorCode::kConflict);
}

TEST_F(LocalOpen, DoesNotHangOnAPipeInTheFilesPlace) {
    Write("a.mp4");
    const auto item = ItemOf("a.mp4");
    std::filesystem::remove(folder_ / "a.mp4");
    ASSERT_EQ(::mkfifo((folder_ / "a.mp4").c_str(), 0644), 0);
    EXPECT_EQ(source_.Open(bucket_, item, {}).error().code, ErrorCode::kConflict);
}

TEST_F(LocalOpen, ExpectsAFolderThatIsNotMountedNowToComeBack) {
    Write("a.mp4");
    const auto item = ItemOf("a.mp4");
    std::filesystem::rename(folder_, base_ / "unmounted");
    EXPECT_EQ(source_.Open(bucket_, item, {}).error().code, ErrorCode::kUnavailable);
}

class LocalCheck : public LocalFolder {
protected:
    ErrorCode Code(const std::filesystem::path& location) {
        bucket_.location = location;
        const auto checked = source_.CheckBucket(bucket_, {});
        EXPECT_FALSE(checked.has_value()) << location;
        sentence_ = checked ? "" : checked.error().message;
        return checked ? ErrorCode::kInternal : checked.error().code;
    }

    std::string sentence_;
};

TEST_F(LocalCheck, AcceptsAReadableFolder) {
    EXPECT_TRUE(source_.CheckBucket(bucket_, {}).has_value());
}

TEST_F(LocalCheck, RefusesWhatIsNoFolderWithASentence) {
    Write("file");
    EXPECT_EQ(Code("relative/path"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(Code(folder_ / "nothing"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(Code(folder_ / "file"), ErrorCode::kInvalidArgument);
    EXPECT_NE(sentence_.find("file"), std::string::npos);
}

TEST_F(LocalCheck, RefusesBucketsInsideDataDirAndAroundIt) {
    std::filesystem::create_directories(base_ / "data" / "artifacts");
    std::filesystem::create_directory_symlink(base_ / "data", base_ / "link");
    for (const auto& place :
         {base_ / "data", base_ / "data" / "artifacts", base_ / "link" / "artifacts", base_}) {
        EXPECT_EQ(Code(place), ErrorCode::kInvalidArgument);
        EXPECT_NE(sentence_.find("DATA_DIR"), std::string::npos) << sentence_;
    }
}

TEST_F(LocalCheck, TakesAFolderWhoseNameBeginsLikeDataDir) {
    std::filesystem::create_directories(base_ / "data2");
    bucket_.location = base_ / "data2";
    EXPECT_TRUE(source_.CheckBucket(bucket_, {}).has_value());
}

}  // namespace
}  // namespace notify::testing
