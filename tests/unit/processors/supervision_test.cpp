// The parts of the host that decide without a child: limits, blobs, reads, memory.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host_fixture.hpp"
#include "processors/host/blob_collector.hpp"
#include "processors/host/read_server.hpp"
#include "processors/host/resident.hpp"
#include "processors/host/watch.hpp"
#include "processors/protocol/messages.hpp"

namespace notify::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WatchTest : public ::testing::Test {
protected:
    /// Looks every second, as a host that is awake does.
    std::optional<ChildEnd> CheckUntil(seconds end) {
        while (now_ < end) {
            now_ += seconds(1);
            if (auto passed = watch_.Check(start_ + now_, 100)) {
                return passed;
            }
        }
        return std::nullopt;
    }

    seconds now_{0};
    Watch::Time start_{seconds(1000)};
    Watch watch_{
        {.resident_bytes = 100,
         .data_bytes = 0,
         .silence = seconds(60),
         .total = seconds(600),
         .idle = seconds(60)},
        start_
    };
};

TEST_F(WatchTest, LetsAChildWorkWithinItsLimits) {
    EXPECT_FALSE(CheckUntil(seconds(60)));
}

TEST_F(WatchTest, EndsAChildThatHoldsTooMuch) {
    EXPECT_EQ(watch_.Check(start_, 101).value().reason, "memory");
}

TEST_F(WatchTest, EndsAChildThatIsSilent) {
    EXPECT_FALSE(CheckUntil(seconds(50)));
    watch_.SignOfLife(start_ + seconds(50));
    EXPECT_FALSE(CheckUntil(seconds(110)));
    EXPECT_EQ(CheckUntil(seconds(111)).value().reason, "silent");
}

TEST_F(WatchTest, EndsAChildThatWorksTooLongAlthoughItIsNotSilent) {
    for (int second = 0; second <= 600; second += 50) {
        EXPECT_FALSE(CheckUntil(seconds(second)));
        watch_.SignOfLife(start_ + seconds(second));
    }
    EXPECT_EQ(CheckUntil(seconds(601)).value().reason, "time");
}

TEST_F(WatchTest, DoesNotBlameAChildForTheTimeWeStoodStillOurselves) {
    EXPECT_FALSE(CheckUntil(seconds(1)));
    now_ += seconds(3600);  // frozen, or held up by a disk
    EXPECT_FALSE(watch_.Check(start_ + now_, 0));
    EXPECT_FALSE(CheckUntil(seconds(3600 + 61)));
    EXPECT_EQ(CheckUntil(seconds(3600 + 62)).value().reason, "silent");
}

TEST_F(WatchTest, CountsLinesByTheTimeThatPassed) {
    int taken = 0;
    while (watch_.CountLine(start_) && taken < 100'000) {
        ++taken;
    }
    EXPECT_EQ(taken, 5000);
    EXPECT_TRUE(watch_.CountLine(start_ + seconds(1)));
}

class Blobs : public ::testing::Test {
protected:
    Result<void> Part(std::uint32_t id, std::uint64_t offset, std::string bytes) {
        const auto length = static_cast<std::uint32_t>(bytes.size());
        return collector_.Take(
            {.kind = FrameKind::kBlob, .id = id, .offset = offset, .length = length}, std::move(bytes)
        );
    }

    Result<void> End(
        std::uint32_t id, const std::string& process, const std::string& name, std::uint64_t size
    ) {
        auto text = ToText(
            BlobEnd{
                .process = process,
                .name = name,
                .media_type = "image/jpeg",
                .sealed = true,
                .size_bytes = size
            }
        );
        const auto length = static_cast<std::uint32_t>(text.size());
        return collector_.Take(
            {.kind = FrameKind::kBlobEnd, .id = id, .offset = size, .length = length}, std::move(text)
        );
    }

    BlobCollector collector_{{"prc_1", "prc_2"}};
};

TEST_F(Blobs, ArePutTogetherFromTheirParts) {
    ASSERT_TRUE(Part(1, 0, R"({"a":)"));
    ASSERT_TRUE(Part(1, 5, "1}"));
    ASSERT_TRUE(End(1, "prc_1", "document", 7));
    ASSERT_TRUE(Part(2, 0, "picture"));
    ASSERT_TRUE(End(2, "prc_1", "track-1.jpg", 7));
    const auto collected = collector_.Collect("prc_1", {"track-1.jpg", "document"});
    ASSERT_TRUE(collected) << collected.error().message;
    EXPECT_EQ(collected->document, R"({"a":1})");
    ASSERT_EQ(collected->artifacts.size(), 1U);
    EXPECT_EQ(collected->artifacts[0].bytes, "picture");
    EXPECT_EQ(collected->artifacts[0].media_type, "image/jpeg");
    EXPECT_TRUE(collected->artifacts[0].sealed);
}

TEST_F(Blobs, MayBeEmpty) {
    ASSERT_TRUE(End(1, "prc_1", "nothing.txt", 0));
    ASSERT_TRUE(Part(2, 0, "{}"));
    ASSERT_TRUE(End(2, "prc_1", "document", 2));
    EXPECT_EQ(collector_.Collect("prc_1", {"document", "nothing.txt"}).value().artifacts.at(0).bytes, "");
}

TEST_F(Blobs, OfAProcessThatEndedOrNeverWasAreRefused) {
    ASSERT_TRUE(Part(1, 0, "{}"));
    ASSERT_TRUE(End(1, "prc_1", "document", 2));
    ASSERT_TRUE(collector_.Collect("prc_1", {"document"}));
    EXPECT_FALSE(End(2, "prc_1", "more", 0));
    EXPECT_FALSE(End(2, "prc_9", "more", 0));
    collector_.Drop("prc_2");
    EXPECT_FALSE(End(2, "prc_2", "more", 0));
}

TEST_F(Blobs, OutOfOrderAreRefused) {
    EXPECT_FALSE(Part(1, 5, "later"));
    ASSERT_TRUE(Part(1, 0, "first"));
    EXPECT_FALSE(Part(2, 0, "another before this one ended"));
    EXPECT_FALSE(Part(1, 4, "overlapping"));
    EXPECT_FALSE(Part(1, ~std::uint64_t{0}, "far away"));
    EXPECT_FALSE(End(2, "prc_1", "a", 5));
    EXPECT_FALSE(End(1, "prc_1", "a", 6));
    EXPECT_TRUE(End(1, "prc_1", "a", 5));
}

TEST_F(Blobs, WithOneNameAreRefused) {
    ASSERT_TRUE(End(1, "prc_1", "a", 0));
    EXPECT_FALSE(End(2, "prc_1", "a", 0));
    EXPECT_TRUE(End(3, "prc_2", "a", 0)) << "another process may use the name";
}

TEST_F(Blobs, MustBeTheOnesThatTheResultNames) {
    ASSERT_TRUE(Part(1, 0, "{}"));
    ASSERT_TRUE(End(1, "prc_1", "document", 2));
    ASSERT_TRUE(End(2, "prc_1", "extra", 0));
    EXPECT_FALSE(collector_.Collect("prc_1", {"document"}));
    EXPECT_FALSE(collector_.Collect("prc_2", {"document"}));
}

TEST_F(Blobs, MayNotBeMoreThanAProcessMayGive) {
    const std::string part(kMaxFrameBytes, 'x');
    std::uint64_t offset = 0;
    while (offset <= kMaxBlobBytesOfProcess && Part(1, offset, part)) {
        offset += part.size();
    }
    EXPECT_EQ(offset, kMaxBlobBytesOfProcess);
}

class Documents : public ::testing::TestWithParam<std::pair<const char*, bool>> {};

TEST_P(Documents, AreOneJsonObject) {
    BlobCollector collector({"prc_1"});
    std::string text = GetParam().first;
    const auto size = static_cast<std::uint32_t>(text.size());
    ASSERT_TRUE(
        collector.Take({.kind = FrameKind::kBlob, .id = 1, .offset = 0, .length = size}, std::move(text))
    );
    auto end = ToText(
        BlobEnd{.process = "prc_1", .name = "document", .media_type = {}, .sealed = false, .size_bytes = size}
    );
    const auto length = static_cast<std::uint32_t>(end.size());
    ASSERT_TRUE(collector.Take(
        {.kind = FrameKind::kBlobEnd, .id = 1, .offset = size, .length = length}, std::move(end)
    ));
    EXPECT_EQ(collector.Collect("prc_1", {"document"}).has_value(), GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Documents,
    ::testing::Values(
        std::pair(R"({})", true),
        std::pair(R"({"a":[1,2.5e3,null,true,"\u00e4"]})", true),
        std::pair("[]", false),
        std::pair("1", false),
        std::pair("{", false),
        std::pair("{} {}", false),
        std::pair("{}x", false),
        std::pair("{\"a\":\"\xff\"}", false),
        std::pair(R"({"a":1,})", false),
        std::pair(" ", false)
    )
);

/// Counts what is read of it.
class CountedSource final : public ByteSource {
public:
    explicit CountedSource(std::string bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        ++reads;
        most = std::max(most, into.size());
        const auto part = std::string_view(bytes_).substr(offset, into.size());
        std::ranges::copy(std::as_bytes(std::span(part)), into.begin());
        return part.size();
    }

    int reads = 0;
    std::size_t most = 0;

private:
    std::string bytes_;
};

class Reads : public ::testing::Test {
protected:
    static std::string AnswerOf(ReadServer& server, std::uint64_t offset, std::uint32_t length) {
        server.Ask(1, offset, length);
        std::optional<ReadAnswer> answer;
        while (!(answer = server.TakeAnswer())) {
            std::this_thread::yield();
        }
        return answer->bytes.value();
    }

    std::string bytes_ = Noise(5'000'000);
    UniqueFd wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

TEST_F(Reads, AreAnsweredWithTheBytesWhereverTheyLie) {
    CountedSource source(bytes_);
    ReadServer server(source, wake_.Get());
    std::uint32_t state = 7;
    for (int i = 0; i < 500; ++i) {
        state = state * 1664525U + 1013904223U;
        const std::uint64_t offset = state % 5'100'000;
        const std::uint32_t length = 1 + (state >> 8U) % kMaxFrameBytes;
        const auto expected = offset >= bytes_.size() ? std::string() : bytes_.substr(offset, length);
        ASSERT_EQ(AnswerOf(server, offset, length), expected) << offset << " " << length;
    }
    EXPECT_LE(source.most, kMaxFrameBytes);
}

TEST_F(Reads, InSmallPiecesAreServedFromWhatWasReadAhead) {
    CountedSource source(bytes_);
    {
        ReadServer server(source, wake_.Get());
        std::string whole;
        while (whole.size() < bytes_.size()) {
            whole += AnswerOf(server, whole.size(), 10'000);
        }
        EXPECT_EQ(whole, bytes_);
    }
    EXPECT_LE(source.reads, 8);
}

TEST_F(Reads, OfAnItemThatBecameShorterAreAConflict) {
    class Shrunk final : public ByteSource {
        [[nodiscard]] std::uint64_t Size() const override { return 1000; }

        [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t, std::span<std::byte>) override {
            return std::size_t{0};
        }
    } source;

    ReadServer server(source, wake_.Get());
    server.Ask(9, 0, 100);
    std::optional<ReadAnswer> answer;
    while (!(answer = server.TakeAnswer())) {
        std::this_thread::yield();
    }
    EXPECT_EQ(answer->id, 9U);
    EXPECT_EQ(answer->bytes.error().code, ErrorCode::kConflict);
    EXPECT_FALSE(server.IsBusy());
}

TEST(ResidentBytes, CountAProcessAndWhatItStarted) {
    const auto before = ResidentBytesOf(::getpid());
    EXPECT_GT(before, 1U << 20U);
    constexpr std::size_t kBytes = 64U << 20U;
    const pid_t child = ::fork();
    if (child == 0) {
        void* held = ::mmap(
            nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0
        );
        ::pause();
        ::_exit(held == nullptr ? 1 : 0);
    }
    const auto deadline = std::chrono::steady_clock::now() + seconds(30);
    while (ResidentBytesOf(::getpid()) < before + kBytes && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(milliseconds(2));
    }
    EXPECT_GE(ResidentBytesOf(::getpid()), before + kBytes);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(ResidentBytesOf(child), 0U);
}

TEST(IsBlockedInKernel, TellsAProcessThatNoSignalReaches) {
    const pid_t child = ::fork();
    if (child == 0) {
        // what waits for a vfork waits as what waits for a disk does
        if (const pid_t grandchild = ::vfork(); grandchild == 0) {
            ::pause();
            ::_exit(0);
        }
        ::_exit(0);
    }
    const auto deadline = std::chrono::steady_clock::now() + seconds(30);
    while (!IsBlockedInKernel(child) && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(milliseconds(2));
    }
    EXPECT_TRUE(IsBlockedInKernel(child));
    for (const auto grandchild : ChildrenOf(child)) {
        ::kill(grandchild, SIGKILL);
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE(IsBlockedInKernel(child));
    EXPECT_FALSE(IsBlockedInKernel(::getpid()));
}

}  // namespace
}  // namespace notify::testing
