// Mutated input, both ways: whatever comes, it is taken or refused, within bounds, and nothing breaks. The
// sanitizers' builds watch.

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "processors/host/blob_collector.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/line_buffer.hpp"
#include "processors/protocol/messages.hpp"

namespace notify::testing {
namespace {

constexpr int kRounds = 4000;

class Mutator {
public:
    explicit Mutator(std::uint32_t seed) : random_(seed) {}

    std::size_t Below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }

    /// One to four changes: a byte, a bit, a piece removed, repeated or put elsewhere.
    std::string Change(std::string text) {
        for (auto changes = 1 + Below(4); changes > 0 && !text.empty(); --changes) {
            const auto at = Below(text.size());
            const auto length = 1 + Below(std::min<std::size_t>(text.size() - at, 40));
            switch (Below(5)) {
                case 0:
                    text[at] = static_cast<char>(Below(256));
                    break;
                case 1:
                    text[at] = static_cast<char>(text[at] ^ (1 << Below(8)));
                    break;
                case 2:
                    text.erase(at, length);
                    break;
                case 3:
                    text.insert(at, text.substr(at, length));
                    break;
                default:
                    text.insert(Below(text.size()), text.substr(at, length));
                    break;
            }
        }
        return text;
    }

private:
    std::mt19937 random_;
};

std::vector<std::string> ChildLines() {
    return {
        ToLine(ChildMessage(
            ReadyNotice{
                .sandbox = {.level = "full", .landlock_abi = 7, .seccomp = true, .note = ""},
                .processors = {{"checksum", "1"}}
            }
        )),
        ToLine(ChildMessage(
            RefusedNotice{
                .error =
                    {.code = ErrorCode::kNotFound, .stage = "load", .reason = "no_models", .message = "none"}
            }
        )),
        ToLine(ChildMessage(ProgressNotice{.job = "1", .process = "prc_1", .done = 0.25})),
        ToLine(ChildMessage(
            ResultNotice{
                .job = "1",
                .process = "prc_1",
                .media_type = "video/mp4",
                .model_digest = "ab",
                .blobs = {"document", "a.jpg"}
            }
        )),
        ToLine(ChildMessage(
            FailedNotice{
                .job = "1",
                .process = "prc_1",
                .media_type = "",
                .error =
                    {.code = ErrorCode::kUnsupported,
                     .stage = "probe",
                     .reason = "no_video",
                     .message = "näh"}
            }
        )),
        ToLine(ChildMessage(MediaNotice{.job = "1", .duration_ms = 36'000'000})),
        ToLine(ChildMessage(
            ResumedNotice{.job = "1", .process = "prc_1", .position_ms = 600'000, .decoded_from_ms = 598'000}
        )),
        ToLine(ChildMessage(
            CheckpointNotice{
                .job = "1",
                .process = "prc_1",
                .position_ms = 600'000,
                .ended_before = 2,
                .open = "checkpoint-1-open",
                .ended = "checkpoint-1-ended"
            }
        )),
        ToLine(ChildMessage(LeftNotice{.job = "1", .process = "prc_1"})),
        ToLine(ChildMessage(DoneNotice{.job = "1"})),
    };
}

std::vector<std::string> ParentLines() {
    return {
        ToLine(ParentMessage(
            JobRequest{
                .job = "1",
                .name = "clip.mp4",
                .size_bytes = 9,
                .descriptor = true,
                .processes = {{"prc_1", "checksum", {{"fps", 5}}, {}, {100, 20, 3}}}
            }
        )),
        ToLine(ParentMessage(CancelRequest{.job = "1", .process = "prc_1"})),
        ToLine(ParentMessage(LeaveRequest{.job = "1"})),
        ToLine(ParentMessage(QuitRequest{})),
    };
}

TEST(Fuzz, LinesOfAChildAreReadOrRefusedAndWhatIsReadIsWithinBounds) {
    Mutator mutator(1);
    const auto lines = ChildLines();
    int read = 0;
    for (int i = 0; i < kRounds; ++i) {
        const auto message = ParseChildMessage(mutator.Change(lines[mutator.Below(lines.size())]));
        if (!message) {
            EXPECT_EQ(message.error().code, ErrorCode::kInvalidArgument);
            continue;
        }
        ++read;
        if (const auto* progress = std::get_if<ProgressNotice>(&*message)) {
            EXPECT_TRUE(progress->done >= 0 && progress->done <= 1);
        }
        if (const auto* result = std::get_if<ResultNotice>(&*message)) {
            for (const auto& name : result->blobs) {
                EXPECT_TRUE(IsBlobName(name));
            }
        }
        if (const auto* checkpoint = std::get_if<CheckpointNotice>(&*message)) {
            EXPECT_LE(checkpoint->ended_before, kMaxCheckpointParts);
            EXPECT_GE(checkpoint->position_ms, 0);
        }
        EXPECT_TRUE(ParseChildMessage(ToLine(*message))) << "what was read can be written and read again";
    }
    EXPECT_GT(read, 0);
    EXPECT_LT(read, kRounds);
}

TEST(Fuzz, LinesOfTheParentAreReadOrRefused) {
    Mutator mutator(2);
    const auto lines = ParentLines();
    int read = 0;
    for (int i = 0; i < kRounds; ++i) {
        const auto message = ParseParentMessage(mutator.Change(lines[mutator.Below(lines.size())]));
        read += message ? 1 : 0;
        if (message) {
            EXPECT_TRUE(ParseParentMessage(ToLine(*message)));
        }
    }
    EXPECT_GT(read, 0);
    EXPECT_LT(read, kRounds);
}

TEST(Fuzz, FramesAreReadOrRefusedAndNeverLongerThanTheLimit) {
    Mutator mutator(3);
    const auto good = Encode(ChildFrame{.kind = FrameKind::kBlob, .id = 3, .offset = 1000, .length = 77});
    const std::string text(reinterpret_cast<const char*>(good.data()), good.size());
    int read = 0;
    for (int i = 0; i < kRounds; ++i) {
        auto changed = mutator.Change(text);
        changed.resize(kChildFrameBytes);
        const auto frame = DecodeChildFrame(std::as_bytes(std::span(changed)).first<kChildFrameBytes>());
        if (frame) {
            ++read;
            EXPECT_LE(frame->length, kMaxFrameBytes);
            EXPECT_EQ(Encode(*frame), Encode(DecodeChildFrame(Encode(*frame)).value()));
        }
    }
    EXPECT_GT(read, 0);
    EXPECT_LT(read, kRounds);
}

TEST(Fuzz, BlobsInAnyOrderOfAnyKindNeverBreakTheCollector) {
    Mutator mutator(4);
    int collected = 0;
    for (int i = 0; i < kRounds; ++i) {
        BlobCollector collector({"prc_1", "prc_2"});
        std::uint64_t offset = 0;
        for (int step = 0; step < 6; ++step) {
            const auto id = static_cast<std::uint32_t>(mutator.Below(2));
            const bool honest = mutator.Below(4) != 0;
            if (mutator.Below(2) == 0) {
                const std::string part = mutator.Below(2) == 0 ? "{}" : "{";
                static_cast<void>(collector.Take(
                    {.kind = FrameKind::kBlob,
                     .id = id,
                     .offset = honest ? offset : mutator.Below(9),
                     .length = 2},
                    part
                ));
                offset += part.size();
            } else {
                auto text = ToText(
                    BlobEnd{
                        .process = "prc_1",
                        .name = "document",
                        .media_type = {},
                        .sealed = false,
                        .size_bytes = offset
                    }
                );
                text = honest ? text : mutator.Change(text);
                static_cast<void>(collector.Take(
                    {.kind = FrameKind::kBlobEnd, .id = id, .offset = offset, .length = 1}, text
                ));
                offset = 0;
            }
        }
        const auto result = collector.Collect("prc_1", {"document"});
        collected += result ? 1 : 0;
        if (result) {
            EXPECT_TRUE(result->document.starts_with('{'));
        }
    }
    EXPECT_GT(collected, 0);
    EXPECT_LT(collected, kRounds);
}

TEST(Fuzz, LinesComeOutAsTheyWentInHoweverTheyAreCut) {
    Mutator mutator(5);
    for (int i = 0; i < 500; ++i) {
        std::string text;
        std::vector<std::string> lines;
        for (auto count = mutator.Below(20); count > 0; --count) {
            lines.emplace_back(mutator.Below(30), static_cast<char>('a' + mutator.Below(26)));
            text += lines.back() + "\n";
        }
        LineBuffer buffer(30);
        std::vector<std::string> seen;
        for (std::size_t at = 0; at < text.size();) {
            const auto length = 1 + mutator.Below(50);
            buffer.Append(std::string_view(text).substr(at, length));
            at += length;
            while (auto line = buffer.Next()) {
                seen.push_back(std::move(*line));
            }
        }
        EXPECT_EQ(seen, lines);
    }
}

}  // namespace
}  // namespace notify::testing
