// An object is taken to the disk in one pass, into a file that leaves nothing behind.

#include "queue/spool.hpp"

#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/base64.hpp"
#include "core/file_byte_source.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"
#include "unit/queue/memory_bytes.hpp"

namespace notify::testing {
namespace {

class SpoolTest : public ::testing::Test {
protected:
    SpoolTest() : folder_(std::filesystem::temp_directory_path() / ("spool-" + ToHex(RandomBytes(8)))) {
        std::filesystem::create_directories(folder_);
    }

    ~SpoolTest() override { std::filesystem::remove_all(folder_); }

    static Reading Freely() {
        return {.may_go_on = [] { return Result<void>{}; }, .progress = nullptr};
    }

    std::filesystem::path folder_;
};

TEST_F(SpoolTest, HoldsTheBytesAndTheirDigestAfterOnePass) {
    const std::string content(3'000'000, 'x');
    MemoryBytes bytes(content);
    Spool spool({.folder = folder_});
    auto spooled = spool.Take(bytes, Freely()).value();
    ASSERT_TRUE(spooled);
    EXPECT_EQ(spooled->sha256, Sha256Hex(content));
    EXPECT_EQ(bytes.read_, content.size());
    auto file = FileByteSource::Make(std::move(spooled->descriptor)).value();
    std::string back(content.size() + 1, '\0');
    EXPECT_EQ(file.ReadAt(0, std::as_writable_bytes(std::span(back))).value(), content.size());
    back.pop_back();
    EXPECT_EQ(back, content);
}

TEST_F(SpoolTest, LeavesNoNameInItsFolder) {
    MemoryBytes bytes("media");
    Spool spool({.folder = folder_});
    const auto spooled = spool.Take(bytes, Freely()).value();
    ASSERT_TRUE(spooled);
    EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "also a kill -9 leaves nothing";
    EXPECT_EQ(::fcntl(spooled->descriptor.Get(), F_GETFL) & O_ACCMODE, O_RDONLY);
}

TEST_F(SpoolTest, LeavesToTheStoreWhatIsTooLarge) {
    MemoryBytes bytes("media");
    Spool spool({.folder = folder_, .most_bytes = 4});
    EXPECT_FALSE(spool.Take(bytes, Freely()).value());
    EXPECT_EQ(bytes.read_, 0U);
}

TEST_F(SpoolTest, LeavesToTheStoreWhatTheDiskHasNoRoomFor) {
    MemoryBytes bytes("media");
    Spool spool({.folder = folder_, .reserve_bytes = std::filesystem::space(folder_).capacity});
    EXPECT_FALSE(spool.Take(bytes, Freely()).value());
    EXPECT_EQ(bytes.read_, 0U);
}

TEST_F(SpoolTest, EndsWhenItMayNotGoOn) {
    MemoryBytes bytes("media");
    Spool spool({.folder = folder_});
    const Reading stopped{
        .may_go_on = []() -> Result<void> { return Fail(ErrorCode::kStopped, "stopped"); },
        .progress = nullptr
    };
    EXPECT_EQ(spool.Take(bytes, stopped).error().code, ErrorCode::kStopped);
}

TEST_F(SpoolTest, FailsWhenFewerBytesComeThanThereAre) {
    MemoryBytes bytes("short", 9);
    Spool spool({.folder = folder_});
    EXPECT_EQ(spool.Take(bytes, Freely()).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace notify::testing
