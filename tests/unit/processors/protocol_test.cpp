// The child protocol's own rules: what is written is read back, and what is no message is refused.

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processors/protocol/frames.hpp"
#include "processors/protocol/line_buffer.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {
namespace {

template <class Message>
Message ReadBack(const ChildMessage& message) {
    auto line = ToLine(message);
    EXPECT_TRUE(line.ends_with('\n'));
    line.pop_back();
    EXPECT_EQ(line.find('\n'), std::string::npos);
    return std::get<Message>(ParseChildMessage(line).value());
}

TEST(ChildProtocol, ReadsAJobAsItWasWritten) {
    const JobRequest job{
        .job = "7",
        .name = "itm_1 caf\u00e9 \"x\".mp4",
        .size_bytes = std::numeric_limits<std::uint64_t>::max(),
        .descriptor = true,
        .processes =
            {{.process = "prc_1",
              .processor = "checksum",
              .config = {{"fps", 5}},
              .media_types = {"video/*", "image/png"}}},
        .media_types = {"audio/*"},
    };
    auto line = ToLine(ParentMessage(job));
    line.pop_back();
    const auto read = std::get<JobRequest>(ParseParentMessage(line).value());
    EXPECT_EQ(read.name, job.name);
    EXPECT_EQ(read.size_bytes, job.size_bytes);
    EXPECT_TRUE(read.descriptor);
    ASSERT_EQ(read.processes.size(), 1U);
    EXPECT_EQ(read.processes[0].config, job.processes[0].config);
    EXPECT_EQ(read.processes[0].media_types, job.processes[0].media_types);
    EXPECT_EQ(read.media_types, job.media_types);
}

TEST(ChildProtocol, RefusesMediaTypesThatAreNoTexts) {
    for (const auto* types : {"7", "[7]", R"([{"a":1}])", R"(["a\nb"])"}) {
        const auto parsed = ParseParentMessage(
            std::string(R"({"type":"job","job":"1","name":"","size":1,"descriptor":true,"processes":[)") +
            R"({"process":"p","processor":"checksum","config":{},"media_types":)" + types + "}]}"
        );
        ASSERT_FALSE(parsed) << types;
        EXPECT_NE(parsed.error().message.find("media_types"), std::string::npos) << parsed.error().message;
    }
}

TEST(ChildProtocol, ReadsAFailureAsItWasWritten) {
    const auto read = ReadBack<FailedNotice>(FailedNotice{
        .job = "1",
        .process = "prc_1",
        .media_type = "audio/mpeg",
        .error = {
            .code = ErrorCode::kUnsupported, .stage = "probe", .reason = "no_video", .message = "no\nvideo"
        },
    });
    EXPECT_EQ(read.error.code, ErrorCode::kUnsupported);
    EXPECT_EQ(read.error.reason, "no_video");
    EXPECT_EQ(read.error.message, "no video");
}

TEST(ChildProtocol, ReadsAResultAsItWasWritten) {
    const auto read = ReadBack<ResultNotice>(ResultNotice{
        .job = "1",
        .process = "prc_1",
        .media_type = "video/mp4",
        .model_digest = "ab",
        .blobs = {"document", "track-1.jpg"},
    });
    EXPECT_THAT(read.blobs, ::testing::ElementsAre("document", "track-1.jpg"));
}

class NoMessage : public ::testing::TestWithParam<const char*> {};

TEST_P(NoMessage, IsRefused) {
    const auto parsed = ParseChildMessage(GetParam());
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_FALSE(parsed.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Lines,
    NoMessage,
    ::testing::Values(
        "",
        "[]",
        "{}",
        R"({"type":"job"})",
        R"({"type":"done"})",
        R"({"type":"done","job":1})",
        R"({"type":"progress","job":"1","process":"p","done":1.5})",
        R"({"type":"progress","job":"1","process":"p","done":-0.1})",
        R"({"type":"result","job":"1","process":"p","media_type":"","model_digest":"","blobs":["../x"]})",
        R"({"type":"result","job":"1","process":"p","media_type":"","model_digest":"","blobs":"document"})",
        R"({"type":"failed","job":"1","process":"p","media_type":"","error":{}})",
        R"({"type":"failed","job":"1","process":"p","media_type":"","error":{"code":"no_such","stage":"","reason":"","message":""}})",
        R"({"type":"ready","protocol":2,"sandbox":{"level":"full","landlock_abi":7,"seccomp":true,"note":""},"processors":[]})",
        R"({"type":"ready","protocol":1,"sandbox":{"level":"best","landlock_abi":7,"seccomp":true,"note":""},"processors":[]})"
    )
);

TEST(ChildFrames, AreReadAsTheyWereWritten) {
    const ChildFrame frame{
        .kind = FrameKind::kBlob, .id = 7, .offset = 1ULL << 40U, .length = kMaxFrameBytes
    };
    EXPECT_EQ(DecodeChildFrame(Encode(frame)).value(), frame);
    const ParentFrame reply{.id = kDescriptorFrameId, .status = 1, .length = 12};
    EXPECT_EQ(DecodeParentFrame(Encode(reply)).value(), reply);
}

TEST(ChildFrames, AreLittleEndianAsThePageSays) {
    const auto bytes =
        Encode(ChildFrame{.kind = FrameKind::kRead, .id = 0x01020304, .offset = 5, .length = 6});
    EXPECT_EQ(bytes[0], std::byte{1});
    EXPECT_EQ(bytes[4], std::byte{4});
    EXPECT_EQ(bytes[7], std::byte{1});
    EXPECT_EQ(bytes[8], std::byte{5});
    EXPECT_EQ(bytes[16], std::byte{6});
}

TEST(ChildFrames, OfAnotherKindOrSizeAreRefused) {
    const auto good = Encode(ChildFrame{.kind = FrameKind::kRead, .id = 1, .offset = 0, .length = 1});
    for (const auto& [at, value] :
         std::vector<std::pair<std::size_t, int>>{{0, 0}, {0, 4}, {16, 0}, {19, 1}, {20, 1}}) {
        auto bad = good;
        bad[at] = static_cast<std::byte>(value);
        EXPECT_FALSE(DecodeChildFrame(bad)) << at << " = " << value;
    }
}

TEST(LineBuffer, CutsWhateverWayTheBytesCome) {
    const std::string text = "one\ntwo\n\nfour\nrest";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        LineBuffer lines(100);
        std::vector<std::string> seen;
        for (std::size_t at = 0; at < text.size(); at += step) {
            lines.Append(std::string_view(text).substr(at, step));
            while (auto line = lines.Next()) {
                seen.push_back(*line);
            }
        }
        EXPECT_THAT(seen, ::testing::ElementsAre("one", "two", "", "four")) << step;
    }
}

TEST(LineBuffer, GivesUpOnALineOverTheLimitWithoutWaitingForItsEnd) {
    LineBuffer lines(4);
    lines.Append("12345");
    EXPECT_FALSE(lines.Next());
    EXPECT_TRUE(lines.Overflowed());
    lines.Append("\nok\n");
    EXPECT_FALSE(lines.Next());
}

TEST(BlobNames, LeadOutOfNoFolder) {
    for (const auto* name : {"document", "track-1.jpg", "a", "0_x"}) {
        EXPECT_TRUE(IsBlobName(name)) << name;
    }
    for (const auto* name : {"", ".", "..", ".x", "a/b", "A", "a b", "\xc3\xa9"}) {
        EXPECT_FALSE(IsBlobName(name)) << name;
    }
    EXPECT_FALSE(IsBlobName(std::string(65, 'a')));
}

}  // namespace
}  // namespace notify
