#include "core/file.hpp"

#include <cerrno>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace notify {

namespace {

bool IsOpen(int fd) {
    return ::fcntl(fd, F_GETFD) != -1;
}

TEST(UniqueFd, ClosesOnce) {
    UniqueFd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int number = first.Get();
    UniqueFd second(std::move(first));
    EXPECT_EQ(second.Get(), number);
    EXPECT_TRUE(IsOpen(number));
    second = UniqueFd();
    EXPECT_FALSE(IsOpen(number));
    EXPECT_FALSE(second.IsOpen());
}

TEST(UniqueFd, GivesItsDescriptorAway) {
    UniqueFd owner(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int number = owner.Release();
    owner.Reset();
    EXPECT_TRUE(IsOpen(number));
    ::close(number);
}

TEST(ReadFile, GivesTheWholeFile) {
    const testing::TemporaryFolder folder;
    const std::string bytes(200'000, '\xff');
    std::ofstream(folder.Path() / "a", std::ios::binary) << bytes;
    EXPECT_EQ(ReadFile(folder.Path() / "a").value(), bytes);
    EXPECT_EQ(ReadFile(folder.Path() / "a", bytes.size()).value(), bytes);
}

TEST(ReadFile, SaysWhyItCannot) {
    const testing::TemporaryFolder folder;
    const auto missing = ReadFile(folder.Path() / "missing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_NE(missing.error().message.find("missing"), std::string::npos);
    std::ofstream(folder.Path() / "large") << "12345";
    const auto large = ReadFile(folder.Path() / "large", 4);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
    EXPECT_FALSE(ReadFile(folder.Path()));
}

TEST(WriteFileAtomically, ReplacesTheFileAndLeavesNothingElse) {
    const testing::TemporaryFolder folder;
    const auto path = folder.Path() / "a";
    ASSERT_TRUE(WriteFileAtomically(path, "old", 0600));
    ASSERT_TRUE(WriteFileAtomically(path, std::string("new\0er", 6), 0600));
    EXPECT_EQ(ReadFile(path).value(), std::string("new\0er", 6));
    EXPECT_EQ(folder.Count(), 1);
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(WriteFileAtomically, LeavesNothingWhenItFails) {
    const testing::TemporaryFolder folder;
    std::filesystem::create_directories(folder.Path() / "taken" / "inside");
    const auto refused = WriteFileAtomically(folder.Path() / "taken", "x");
    EXPECT_FALSE(refused) << "a folder is in the way";
    EXPECT_EQ(folder.Count(), 1);
    const auto nowhere = WriteFileAtomically(folder.Path() / "no" / "such", "x");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, ErrorCode::kNotFound);
}

TEST(RemoveTemporaryFiles, TakesWhatAKilledWriterLeftAndNothingElse) {
    const testing::TemporaryFolder folder;
    const auto inner = folder.Path() / "artifacts" / "ab";
    std::filesystem::create_directories(inner);
    for (const auto& left : {folder.Path() / ".0123456789abcdef.tmp", inner / ".fedcba9876543210.tmp"}) {
        std::ofstream(left) << "half";
    }
    for (const auto& kept : {"secret.key", ".mine.tmp", "0123456789abcdef.tmp", ".0123456789abcdeg.tmp"}) {
        std::ofstream(folder.Path() / kept) << "whole";
    }
    EXPECT_EQ(RemoveTemporaryFiles(folder.Path()), 2);
    EXPECT_EQ(folder.Count(), 5);
    EXPECT_TRUE(std::filesystem::is_empty(inner));
    EXPECT_EQ(RemoveTemporaryFiles(folder.Path()), 0);
    EXPECT_EQ(RemoveTemporaryFiles(folder.Path() / "missing"), 0);
}

TEST(SyncFolder, RefusesWhatIsNone) {
    const testing::TemporaryFolder folder;
    EXPECT_TRUE(SyncFolder(folder.Path()));
    EXPECT_FALSE(SyncFolder(folder.Path() / "missing"));
}

TEST(SystemError, TellsWhatACallerCanDo) {
    EXPECT_EQ(SystemError(ENOENT, "open /a").code, ErrorCode::kNotFound);
    EXPECT_EQ(SystemError(EACCES, "open /a").code, ErrorCode::kForbidden);
    EXPECT_EQ(SystemError(EROFS, "open /a").code, ErrorCode::kForbidden);
    EXPECT_EQ(SystemError(ENOSPC, "write /a").code, ErrorCode::kStorageFull);
    EXPECT_EQ(SystemError(EDQUOT, "write /a").code, ErrorCode::kStorageFull);
    EXPECT_EQ(SystemError(EIO, "read /a").code, ErrorCode::kUnavailable);
    EXPECT_EQ(SystemError(ENOENT, "open /a").message, "cannot open /a: No such file or directory");
}

}  // namespace

}  // namespace notify
