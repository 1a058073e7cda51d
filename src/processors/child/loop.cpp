#include "processors/child/loop.hpp"

#include <array>
#include <charconv>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <unistd.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "inference/face_models.hpp"
#include "inference/session.hpp"
#include "processors/child/channel.hpp"
#include "processors/child/job_runner.hpp"
#include "processors/child/registry.hpp"
#include "processors/child/sandbox.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/line_buffer.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

constexpr int kBadControl = 2;
constexpr int kNoModels = 3;

/// Lines of control as the reading thread gets them.
class Control {
public:
    explicit Control(Cancellations& cancellations) : cancellations_(cancellations) {}

    /// Reads until the parent closes, then ends the process at once: nobody would take a result any more.
    [[noreturn]] void ReadForever() {
        LineBuffer lines(kMaxLineBytes);
        std::array<char, 64U << 10U> bytes{};
        while (true) {
            const auto got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
            if (got <= 0) {
                ::_exit(0);
            }
            lines.Append({bytes.data(), static_cast<std::size_t>(got)});
            while (const auto line = lines.Next()) {
                Take(*line);
            }
            if (lines.Overflowed()) {
                ::_exit(kBadControl);
            }
        }
    }

    /// Waits for a job; nothing when the parent asked to leave.
    std::optional<JobRequest> NextJob() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return !jobs_.empty() || quits_; });
        if (jobs_.empty()) {
            return {};
        }
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        return job;
    }

private:
    void Take(std::string_view line) {
        auto message = ParseParentMessage(line);
        if (!message) {
            Log(LogLevel::kError, "a line of control that is none", {{"error", message.error().message}});
            ::_exit(kBadControl);
        }
        if (const auto* cancel = std::get_if<CancelRequest>(&*message)) {
            cancellations_.Request(cancel->process);
            return;
        }
        if (std::holds_alternative<LeaveRequest>(*message)) {
            cancellations_.AskToLeave();
            return;
        }
        const std::scoped_lock lock(mutex_);
        if (auto* job = std::get_if<JobRequest>(&*message)) {
            cancellations_.Clear();
            jobs_.push_back(std::move(*job));
        } else {
            quits_ = true;
        }
        arrived_.notify_one();
    }

    Cancellations& cancellations_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<JobRequest> jobs_;
    bool quits_ = false;
};

std::vector<NamedVersion> NamesOf(std::span<const RegisteredProcessor> processors) {
    std::vector<NamedVersion> names;
    for (const auto& each : processors) {
        names.push_back({.name = std::string(each.kind->name), .version = std::string(each.kind->version)});
    }
    return names;
}

template <class T>
bool ReadNumber(std::string_view text, T& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

bool SetOption(ChildOptions& options, std::string_view name, std::string_view value) {
    if (name == "--models") {
        options.models = value;
        return true;
    }
    if (name == "--precision") {
        options.precision = value == "bf16" ? Precision::kBf16 : Precision::kF32;
        return value == "bf16" || value == "f32";
    }
    return (name == "--data-bytes" && ReadNumber(value, options.data_bytes)) ||
           (name == "--parent" && ReadNumber(value, options.parent));
}

}  // namespace

Result<ChildOptions> ParseChildOptions(std::span<char* const> arguments) {
    ChildOptions options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        if (name == "--load-models") {
            options.load_models = true;
            continue;
        }
        const auto value = i + 1;
        if (value == arguments.size() || !SetOption(options, name, arguments[value])) {
            return Fail(ErrorCode::kInvalidArgument, "not an argument of a child: " + std::string(name));
        }
        i = value;
    }
    return options;
}

void RunChild(const ChildOptions& options, std::span<const RegisteredProcessor> processors) {
    std::set_new_handler([] { ::_exit(kExitOutOfMemory); });
    auto report = EnterRoom(options.models, options.data_bytes, options.parent);
    Channel channel(STDOUT_FILENO, kDataDescriptor);
    std::optional<FaceModels> models;
    if (options.load_models) {
        auto loaded =
            LoadFaceModels({.folder = options.models}, {.precision = options.precision, .threads = 1});
        if (!loaded) {
            static_cast<void>(channel.Say(RefusedNotice{.error = loaded.error()}));
            ::_exit(kNoModels);
        }
        models.emplace(std::move(*loaded));
    }
    Cancellations cancellations;
    Control control(cancellations);
    // ends with the process, which this function ends: what it refers to outlives it
    std::thread([&control] { control.ReadForever(); }).detach();
    CloseSystemCalls(report);
    if (!channel.Say(ReadyNotice{.sandbox = std::move(report), .processors = NamesOf(processors)})) {
        ::_exit(1);
    }
    while (const auto job = control.NextJob()) {
        if (!RunJob(
                *job,
                channel,
                {.processors = processors, .models = models ? &*models : nullptr},
                cancellations
            )) {
            ::_exit(1);
        }
    }
    ::_exit(0);
}

}  // namespace notify
