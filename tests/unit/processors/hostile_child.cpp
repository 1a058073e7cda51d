// A child that misbehaves in the way its configuration names: in the same sandbox as the real one, speaking
// the same protocol, or not. What a decoder that was taken over could do.

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

#include "escape_attempts.hpp"
#include "processors/child/loop.hpp"
#include "processors/child/registry.hpp"
#include "processors/protocol/descriptor_io.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/line_buffer.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kJob = "1";  // the first of a host
constexpr std::string_view kProcess = "prc_1";

void Say(std::string_view bytes) {
    static_cast<void>(WriteAll(STDOUT_FILENO, bytes.data(), bytes.size()));
}

void SayMessage(const ChildMessage& message) {
    Say(ToLine(message));
}

void SendFrame(const ChildFrame& frame, std::string_view payload) {
    const auto header = Encode(frame);
    static_cast<void>(WriteAll(kDataDescriptor, header.data(), header.size()));
    static_cast<void>(WriteAll(kDataDescriptor, payload.data(), payload.size()));
}

void SendBlob(const BlobEnd& end, std::string_view bytes) {
    if (!bytes.empty()) {
        SendFrame(
            {.kind = FrameKind::kBlob,
             .id = 7,
             .offset = 0,
             .length = static_cast<std::uint32_t>(bytes.size())},
            bytes
        );
    }
    const auto text = ToText(end);
    SendFrame(
        {.kind = FrameKind::kBlobEnd,
         .id = 7,
         .offset = end.size_bytes,
         .length = static_cast<std::uint32_t>(text.size())},
        text
    );
}

BlobEnd Document(std::string name, std::uint64_t size) {
    return {
        .process = std::string(kProcess),
        .name = std::move(name),
        .media_type = "text/plain",
        .sealed = false,
        .size_bytes = size
    };
}

void Result1(std::vector<std::string> blobs) {
    SayMessage(
        ResultNotice{
            .job = std::string(kJob),
            .process = std::string(kProcess),
            .media_type = {},
            .model_digest = {},
            .blobs = std::move(blobs)
        }
    );
}

[[noreturn]] void HangForEver() {
    while (true) {
        std::this_thread::sleep_for(milliseconds(50));
    }
}

[[noreturn]] void Die(int signal) {
    static_cast<void>(std::signal(signal, SIG_DFL));  // not the sanitizers' report
    ::raise(signal);
    HangForEver();
}

void EatMemory() {
    std::vector<std::string> eaten;
    while (true) {
        eaten.emplace_back(8U << 20U, 'x');
        std::this_thread::sleep_for(milliseconds(1));
    }
}

void FloodBlobs() {
    const std::string part(kMaxFrameBytes, 'x');
    for (std::uint64_t offset = 0;; offset += part.size()) {
        SendFrame({.kind = FrameKind::kBlob, .id = 1, .offset = offset, .length = kMaxFrameBytes}, part);
    }
}

void FloodReads() {
    for (std::uint32_t id = 1;; ++id) {
        SendFrame({.kind = FrameKind::kRead, .id = id, .offset = 0, .length = kMaxFrameBytes}, {});
    }
}

void FloodLines() {
    while (true) {
        SayMessage(ProgressNotice{.job = std::string(kJob), .process = std::string(kProcess), .done = 0.5});
    }
}

void FloodLog() {
    const std::string line(3000, 'l');
    for (int i = 0; i < 5000; ++i) {
        static_cast<void>(WriteAll(STDERR_FILENO, line.data(), line.size()));
        static_cast<void>(WriteAll(STDERR_FILENO, "\n", 1));
    }
}

/// Misdeeds by name. Those that return are followed by an honest result.
const std::map<std::string, std::function<void()>, std::less<>>& Misdeeds() {
    static const std::map<std::string, std::function<void()>, std::less<>> kMisdeeds{
        {"nothing", [] {}},
        {"abort", [] { Die(SIGABRT); }},
        {"segfault", [] { Die(SIGSEGV); }},
        {"exit", [] { ::_exit(7); }},
        {"memory", EatMemory},
        {"hang", HangForEver},
        {"begin-and-hang",
         [] {
             SayMessage(
                 ProgressNotice{.job = std::string(kJob), .process = std::string(kProcess), .done = 0.5}
             );
             HangForEver();
         }},
        {"close-output",
         [] {
             ::close(STDOUT_FILENO);
             HangForEver();
         }},
        {"flood-lines", FloodLines},
        {"flood-log", FloodLog},
        {"flood-blobs", FloodBlobs},
        {"flood-reads", FloodReads},
        {"no-json",
         [] {
             Say("this is no JSON\n");
             HangForEver();
         }},
        {"long-line",
         [] {
             Say(std::string(kMaxLineBytes + 100, 'x'));
             HangForEver();
         }},
        {"binary-line",
         [] {
             Say(std::string("\0\xff\xfe{}\n", 6));
             HangForEver();
         }},
        {"deep-line",
         [] {
             Say(std::string(100'000, '[') + "\n");
             HangForEver();
         }},
        {"ready-again",
         [] {
             SayMessage(ReadyNotice{.sandbox = {.level = "none"}, .processors = {}});
             HangForEver();
         }},
        {"done-early",
         [] {
             SayMessage(DoneNotice{.job = std::string(kJob)});
             HangForEver();
         }},
        {"other-job",
         [] {
             SayMessage(ProgressNotice{.job = "77", .process = std::string(kProcess), .done = 0});
             HangForEver();
         }},
        {"other-process",
         [] {
             SayMessage(ProgressNotice{.job = std::string(kJob), .process = "prc_x", .done = 0});
             HangForEver();
         }},
        {"result-without-blobs",
         [] {
             Result1({"document"});
             HangForEver();
         }},
        {"result-twice",
         [] {
             SendBlob(Document("document", 2), "{}");
             Result1({"document"});
             Result1({"document"});
             HangForEver();
         }},
        {"document-no-json",
         [] {
             SendBlob(Document("document", 3), "{\"x");
             Result1({"document"});
             HangForEver();
         }},
        {"document-array",
         [] {
             SendBlob(Document("document", 2), "[]");
             Result1({"document"});
             HangForEver();
         }},
        {"blob-outside",
         [] {
             SendBlob(Document("../../etc/cron.d/x", 1), "x");
             HangForEver();
         }},
        {"blob-dots",
         [] {
             SendBlob(Document("..", 1), "x");
             HangForEver();
         }},
        {"blob-other-size",
         [] {
             SendBlob(Document("a", 99), "x");
             HangForEver();
         }},
        {"bad-frame",
         [] {
             static_cast<void>(WriteAll(kDataDescriptor, std::string(4096, '\x5a').data(), 4096));
             HangForEver();
         }},
        {"leave-unasked",
         [] { SayMessage(LeftNotice{.job = std::string(kJob), .process = std::string(kProcess)}); }},
        {"checkpoint-without-blobs",
         [] {
             SayMessage(
                 CheckpointNotice{
                     .job = std::string(kJob),
                     .process = std::string(kProcess),
                     .position_ms = 1,
                     .ended_before = 0,
                     .open = "checkpoint-1-open",
                     .ended = {}
                 }
             );
         }},
        {"resume-another",
         [] { SayMessage(ResumedNotice{.job = std::string(kJob), .process = "prc_9", .position_ms = 1}); }},
        {"media-of-another-job", [] { SayMessage(MediaNotice{.job = "9", .duration_ms = 1}); }},
        {"media-without-end",
         [] {
             Say(R"({"type":"media","job":"1","duration_ms":99999999999999999})"
                 "\n");
         }},
        {"half-frame", [] {
             static_cast<void>(WriteAll(kDataDescriptor, "\1\0\0", 3));
             ::_exit(0);
         }},
    };
    return kMisdeeds;
}

class Hostile final : public WholeItem {
public:
    explicit Hostile(boost::json::object config) : config_(std::move(config)) {}

    [[nodiscard]] Result<Output> Run(ByteSource& bytes, const RunContext& context) override {
        if (const auto* claim = config_.if_contains("claim")) {
            Error error = Fail(ErrorCodeFrom(claim->get_string()).value(), "so it says").value();
            error.retry_after = milliseconds(1);
            return Unexpected(error);
        }
        if (config_.contains("obedient")) {
            return WaitForStop(context);
        }
        if (config_.contains("much")) {
            return Output{.document = {{"much", std::string(33U << 20U, 'x')}}, .artifacts = {}};
        }
        if (const auto* attempt = config_.if_contains("try")) {
            errno = 0;
            const bool escaped = EscapeAttempts().at(std::string(attempt->get_string()))();
            return Output{.document = {{"escaped", escaped}, {"errno", errno}}, .artifacts = {}};
        }
        if (config_.contains("read-first")) {
            std::vector<std::byte> some(1000);
            static_cast<void>(bytes.ReadAt(0, some));
        }
        Misdeeds().at(std::string(config_.at("do").get_string()))();
        return Output{
            .document = {{"did", config_.at("do")}}, .artifacts = {{"proof", "text/plain", "done", true}}
        };
    }

private:
    static Result<Output> WaitForStop(const RunContext& context) {
        while (!context.stop.stop_requested()) {
            context.progress(0.5);
            std::this_thread::sleep_for(milliseconds(5));
        }
        return Fail(ErrorCode::kStopped, "stopped");
    }

    boost::json::object config_;
};

Result<AnyProcessor> MakeHostile(const boost::json::object& config, FaceModels* /*models*/) {
    return std::make_unique<Hostile>(config);
}

}  // namespace
}  // namespace notify

int main(int argc, char** argv) {
    static constexpr std::array<std::string_view, 1> kEverything{""};
    static const notify::ProcessorKind kHostile{
        .name = "hostile", .version = "1", .media_types = kEverything
    };
    const std::array processors{notify::RegisteredProcessor{.kind = &kHostile, .make = notify::MakeHostile}};
    const auto options =
        notify::ParseChildOptions(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        return 2;
    }
    notify::RunChild(*options, processors);
}
