// The digest of an object is taken while its job reads it, in whatever order.

#include "queue/hashing_reader.hpp"

#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "unit/queue/memory_bytes.hpp"

namespace notify::testing {
namespace {

class HashingReaderTest : public ::testing::Test {
protected:
    void Read(std::uint64_t offset, std::size_t length) {
        std::string piece(length, '\0');
        EXPECT_TRUE(reader_.ReadAt(offset, std::as_writable_bytes(std::span(piece))));
    }

    Result<std::string> Finish() {
        return reader_.Finish({.may_go_on = [] { return Result<void>{}; }, .progress = nullptr});
    }

    const std::string content_ = "0123456789abcdefghij";
    MemoryBytes* bytes_ = new MemoryBytes(content_);  // owned by the reader
    HashingReader reader_{std::unique_ptr<ByteSource>(bytes_)};
};

TEST_F(HashingReaderTest, ReadsNothingAgainOfWhatWasReadInOrder) {
    Read(0, 8);
    Read(8, 12);
    EXPECT_EQ(Finish().value(), Sha256Hex(content_));
    EXPECT_EQ(bytes_->read_, content_.size());
}

TEST_F(HashingReaderTest, ReadsOnFromTheFirstGap) {
    Read(15, 5);
    Read(0, 8);
    EXPECT_EQ(Finish().value(), Sha256Hex(content_));
    EXPECT_EQ(bytes_->read_, 5 + content_.size());
}

TEST_F(HashingReaderTest, TakesOfOverlappingReadsWhatIsNew) {
    Read(0, 8);
    Read(4, 8);
    Read(2, 3);
    Read(12, 8);
    EXPECT_EQ(Finish().value(), Sha256Hex(content_));
}

TEST_F(HashingReaderTest, ReadsAllOfWhatNobodyRead) {
    EXPECT_EQ(Finish().value(), Sha256Hex(content_));
}

TEST_F(HashingReaderTest, FailsAsTheStoreDoes) {
    Read(0, 8);
    bytes_->breaks_at_ = 8;
    EXPECT_EQ(Finish().error().code, ErrorCode::kUnavailable);
}

TEST(HashingReader, HasNoDigestOfTooFewBytes) {
    HashingReader reader(std::make_unique<MemoryBytes>("short", 9));
    const auto digest = reader.Finish({.may_go_on = [] { return Result<void>{}; }, .progress = nullptr});
    EXPECT_EQ(digest.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace notify::testing
