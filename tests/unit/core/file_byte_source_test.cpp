#include "core/file_byte_source.hpp"

#include <array>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace notify {

namespace {

std::string ReadPart(FileByteSource& source, std::uint64_t offset, std::size_t length) {
    std::string text(length, '?');
    const auto got = source.ReadAt(offset, std::as_writable_bytes(std::span(text.data(), text.size())));
    text.resize(got.value());
    return text;
}

TEST(FileByteSource, ReadsAnyPartOfAFile) {
    const testing::TemporaryFolder folder;
    const auto path = folder.Path() / "a";
    std::ofstream(path) << "0123456789";
    auto source = FileByteSource::Make(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC))).value();
    EXPECT_EQ(source.Size(), 10U);
    EXPECT_EQ(ReadPart(source, 0, 10), "0123456789");
    EXPECT_EQ(ReadPart(source, 3, 4), "3456");
    EXPECT_EQ(ReadPart(source, 8, 9), "89");
    EXPECT_EQ(ReadPart(source, 10, 1), "");
    EXPECT_EQ(ReadPart(source, 1'000'000, 1), "");
    EXPECT_EQ(ReadPart(source, 5, 0), "");
}

TEST(FileByteSource, RefusesWhatIsNoRegularFile) {
    const testing::TemporaryFolder folder;
    const auto refused = FileByteSource::Make(UniqueFd(::open(folder.Path().c_str(), O_RDONLY | O_CLOEXEC)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace

}  // namespace notify
