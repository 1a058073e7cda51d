#include "processors/child/loop.hpp"

#include <condition_variable>
#include <csignal>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <unistd.h>

#include "core/json.hpp"
#include "core/log.hpp"
#include "inference/face_models.hpp"
#include "processors/child/channel.hpp"
#include "processors/child/job_runner.hpp"
#include "processors/child/sandbox.hpp"
#include "processors/kind.hpp"

namespace notify {

namespace {

constexpr std::size_t kMaxLine = 1U << 20U;

/// Lines of control as the reading thread gets them.
class Control {
public:
    explicit Control(Cancellations& cancellations) : cancellations_(cancellations) {}

    /// Reads until the parent closes, then ends the process at once: nobody would take a result any more.
    void ReadForever() {
        std::string line;
        while (std::getline(std::cin, line) && line.size() <= kMaxLine) {
            Take(line);
        }
        ::_exit(0);
    }

    boost::json::object NextJob() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return !jobs_.empty(); });
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        return job;
    }

private:
    void Take(const std::string& line) {
        const auto value = ParseJson(line);
        const auto* type = value && value->is_object() ? value->get_object().if_contains("type") : nullptr;
        if (type == nullptr || !type->is_string()) {
            Log(LogLevel::kError, "a line of control that is none");
            ::_exit(2);
        }
        if (type->get_string() == "cancel") {
            const auto* process = value->get_object().if_contains("process");
            cancellations_.Request(process != nullptr && process->is_string() ? std::string(process->get_string()) : "");
        } else if (type->get_string() == "quit") {
            ::_exit(0);
        } else if (type->get_string() == "job") {
            const std::scoped_lock lock(mutex_);
            cancellations_.Clear();
            jobs_.push_back(value->get_object());
            arrived_.notify_one();
        }
    }

    Cancellations& cancellations_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<boost::json::object> jobs_;
};

boost::json::object ReadyLine(const SandboxLevel& level) {
    boost::json::array processors;
    for (const auto& kind : ProcessorKinds()) {
        processors.push_back({{"name", kind.name}, {"version", kind.version}});
    }
    return {
        {"type", "ready"},
        {"protocol", 1},
        {"sandbox",
         {{"level", level.Name()}, {"landlock_abi", level.landlock_abi}, {"seccomp", level.seccomp}, {"note", level.note}}},
        {"processors", std::move(processors)},
    };
}

}  // namespace

int RunChild(const ChildOptions& options) {
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    std::ios::sync_with_stdio(false);
    auto level = EnterRoom(options.models, options.data_bytes, options.parent);
    Channel channel(STDOUT_FILENO, 3);
    std::optional<FaceModels> models;
    if (options.load_models) {
        auto loaded = LoadFaceModels({.folder = options.models}, {.precision = options.precision, .threads = 1});
        if (!loaded) {
            static_cast<void>(channel.Say({{"type", "refused"}, {"error", ErrorToJson(loaded.error())}}));
            return 3;
        }
        models.emplace(std::move(*loaded));
    }
    Cancellations cancellations;
    Control control(cancellations);
    std::thread([&control] { control.ReadForever(); }).detach();
    CloseSystemCalls(level);
    if (!channel.Say(ReadyLine(level))) {
        return 1;
    }
    while (RunJob(control.NextJob(), channel, models ? &*models : nullptr, cancellations)) {
    }
    return 1;
}

}  // namespace notify
