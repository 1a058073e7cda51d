#include "sources/objects/object_reader.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/sources/s3/fixture.hpp"

namespace notify::s3 {
namespace {

using namespace std::chrono_literals;

class ObjectReaderOfS3 : public S3ClientTest {
protected:
    objects::ObjectReader Open(std::stop_token stop = {}, objects::ReadAhead ahead = {}) {
        const auto info = client_.Head("media", "clip.mxf", {}).value();
        return {s3::RangesOf(client_, "media", "clip.mxf", info), info.size_bytes, std::move(stop), ahead};
    }

    static Result<std::string> ReadSome(
        objects::ObjectReader& reader, std::uint64_t offset, std::size_t length
    ) {
        std::string bytes(length, '\0');
        const auto got = reader.ReadAt(offset, std::as_writable_bytes(std::span(bytes)));
        return got ? Result<std::string>(bytes.substr(0, *got))
                   : Result<std::string>(Unexpected(got.error()));
    }

    /// Reads all of it in pieces of `step` bytes.
    static Result<std::string> ReadThrough(objects::ObjectReader& reader, std::size_t step) {
        std::string all;
        while (all.size() < reader.Size()) {
            auto piece = ReadSome(reader, all.size(), step);
            if (!piece) {
                return piece;
            }
            all += *piece;
        }
        return all;
    }
};

TEST_F(ObjectReaderOfS3, ReadsAnObjectFromStartToEndInBoundedMemoryAndEachByteOnce) {
    const auto bytes = Noise(20'000'003);
    Put("clip.mxf", bytes);
    auto reader = Open({}, {.piece_bytes = 1U << 20U, .pieces_ahead = 6, .at_once = 4});
    EXPECT_TRUE(ReadThrough(reader, 300'000).value() == bytes);
    EXPECT_LE(reader.PeakBytes(), 7U << 20U);
    EXPECT_EQ(reader.FetchedBytes(), bytes.size());
}

TEST_F(ObjectReaderOfS3, ReadsAnywhereAndAtTheEnd) {
    const auto bytes = Noise(3'000'000);
    Put("clip.mxf", bytes);
    auto reader = Open({}, {.piece_bytes = 256U << 10U, .pieces_ahead = 4, .at_once = 2});
    std::mt19937 random(7);
    std::uint64_t offset = 0;
    for (int i = 0; i < 300; ++i) {
        offset = random() % 3 == 0 ? random() % bytes.size()
                                   : std::min<std::uint64_t>(offset + 40'000, bytes.size());
        const auto length = random() % 2 == 0 ? std::size_t{40'000} : random() % 400'000 + 1;
        ASSERT_TRUE(ReadSome(reader, offset, length).value() == bytes.substr(offset, length)) << offset;
    }
    EXPECT_EQ(ReadSome(reader, bytes.size(), 10).value(), "");
    EXPECT_EQ(ReadSome(reader, bytes.size() + 5, 10).value(), "");
    EXPECT_EQ(ReadSome(reader, bytes.size() - 3, 10).value(), bytes.substr(bytes.size() - 3));
}

TEST_F(ObjectReaderOfS3, AReaderThatJumpsAboutFetchesLittleMoreThanItReads) {
    Put("clip.mxf", Noise(20'000'000));
    auto reader = Open();
    for (std::uint64_t offset = 0; offset < 20'000'000; offset += 1'000'000) {
        ASSERT_TRUE(ReadSome(reader, offset, 65'536).has_value());
    }
    EXPECT_EQ(reader.FetchedBytes(), 20U * 65'536U);
}

TEST_F(ObjectReaderOfS3, NoReadMixesTwoVersions) {
    Put("clip.mxf", std::string(4'000'000, 'a'));
    int refused = 0;
    for (int i = 0; i < 5; ++i) {
        const char old = static_cast<char>('a' + i);
        auto reader = Open({}, {.piece_bytes = 128U << 10U, .pieces_ahead = 3, .at_once = 2});
        std::string all;
        while (all.size() < 4'000'000) {
            if (all.size() >= 1'000'000 && all.size() < 1'100'000) {
                Put("clip.mxf", std::string(4'000'000, static_cast<char>(old + 1)));
            }
            const auto piece = ReadSome(reader, all.size(), 100'000);
            if (!piece) {
                EXPECT_EQ(piece.error().code, ErrorCode::kConflict);
                ++refused;
                break;
            }
            all += *piece;
        }
        EXPECT_EQ(all.find_first_not_of(old), std::string::npos);
    }
    EXPECT_EQ(refused, 5);
}

TEST_F(ObjectReaderOfS3, ComesThroughAStoreThatIsOftenBusyAndOftenBreaksOff) {
    const auto bytes = Noise(8'000'000);
    Put("clip.mxf", bytes);
    auto reader = Open({}, {.piece_bytes = 256U << 10U, .pieces_ahead = 6, .at_once = 4});
    fake_.Set(
        R"({"faults": [{"method": "GET", "share": 0.2, "do": "status", "status": 503, "code": "SlowDown"},
                             {"method": "GET", "share": 0.2, "do": "cut", "bytes": 70000},
                             {"method": "GET", "share": 0.1, "do": "short", "bytes": 90000}]})"
    );
    EXPECT_TRUE(ReadThrough(reader, 200'000).value() == bytes);
}

TEST_F(ObjectReaderOfS3, StopsAtOnceWhenItsItemIsStopped) {
    Put("clip.mxf", Noise(4'000'000));
    std::stop_source stop;
    auto reader = Open(stop.get_token());
    ASSERT_TRUE(ReadSome(reader, 0, 65'536).has_value());
    fake_.Set(R"({"faults": [{"method": "GET", "times": 9, "do": "hang", "seconds": 3}]})");
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(ReadSome(reader, 65'536, 65'536).error().code, ErrorCode::kStopped);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(ObjectReaderOfS3, AFailureIsToldAndReadingCanGoOnAfterIt) {
    const auto bytes = Noise(2'000'000);
    Put("clip.mxf", bytes);
    auto reader = Open();
    ASSERT_TRUE(ReadSome(reader, 0, 65'536).has_value());
    fake_.Set(
        R"({"faults": [{"method": "GET", "times": 999, "do": "status", "status": 500, "code": "InternalError"}]})"
    );
    EXPECT_EQ(ReadSome(reader, 65'536, 65'536).error().code, ErrorCode::kUnavailable);
    fake_.Set(R"({"faults": []})");
    EXPECT_EQ(ReadSome(reader, 65'536, 65'536).value(), bytes.substr(65'536, 65'536));
}

}  // namespace
}  // namespace notify::s3
