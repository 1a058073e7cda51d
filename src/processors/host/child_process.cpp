#include "processors/host/child_process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <bits/types/idtype_t.h>
#include <bits/types/siginfo_t.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "processors/host/child_end.hpp"
#include "processors/host/host.hpp"
#include "processors/host/resident.hpp"
#include "processors/host/spawner.hpp"
#include "processors/kind.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kTick(50);
constexpr milliseconds kQuitTime(500);
constexpr milliseconds kBurialTime(1000);
constexpr std::chrono::seconds kReadyTime(60);  // models are built meanwhile, on a machine that may be busy

std::string_view NameOfSignal(int number) {
    const char* name = ::sigdescr_np(number);
    return name == nullptr ? "not a known one" : name;
}

/// Nothing of the service's environment, but where libraries are; sanitizers keep their options. Pages are
/// read in parallel, so that tesseract starts no threads for one.
std::vector<std::string> EnvironmentOf(const HostSettings& settings) {
    std::vector<std::string> environment{"OMP_THREAD_LIMIT=1"};
    if (!settings.library_folder.empty()) {
        environment.push_back("LD_LIBRARY_PATH=" + settings.library_folder.native());
    }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): the environment is only read
        if (const char* value = std::getenv(name)) {
            environment.push_back(fmt::format("{}={}", name, value));
        }
    }
#endif
    return environment;
}

std::vector<std::string> ArgumentsOf(const HostSettings& settings, bool with_models) {
    std::vector<std::string> arguments{
        settings.program.native(),
        "--models",
        settings.model_folder.native(),
        "--precision",
        settings.precision,
        "--data-bytes",
        std::to_string(settings.limits.data_bytes),
        "--parent",
        std::to_string(::getpid()),
    };
    if (with_models) {
        arguments.emplace_back("--load-models");
    }
    return arguments;
}

/// Results are keyed by the version the service knows, so a child of another version must not give them.
Result<void> CheckVersions(const std::vector<NamedVersion>& processors) {
    for (const auto& each : processors) {
        const auto kind = FindProcessorKind(each.name);
        if (kind && (*kind)->version != each.version) {
            return ChildFault(
                fmt::format(
                    "its {} is of version {}, this service knows version {}",
                    each.name,
                    each.version,
                    (*kind)->version
                )
            );
        }
    }
    return {};
}

ChildEnd Describe(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED && info.si_status == kExitOutOfMemory) {
        return {.reason = "memory", .message = "the processor ran out of the memory it may use"};
    }
    if (info.si_code == CLD_EXITED) {
        return {
            .reason = "crashed",
            .message = fmt::format("the processor ended unexpectedly with exit code {}", info.si_status)
        };
    }
    return {
        .reason = "crashed",
        .message = fmt::format(
            "the processor was ended by signal {} ({})", info.si_status, NameOfSignal(info.si_status)
        )
    };
}

}  // namespace

ChildProcess::ChildProcess(SpawnedChild child, bool with_models)
    : pid_(child.pid), has_models_(with_models), streams_(child) {}

ChildProcess::~ChildProcess() {
    static_cast<void>(Kill());
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    Spawner& spawner, const HostSettings& settings, bool with_models, const std::stop_token& stop
) {
    auto spawned = spawner.Spawn(
        {.arguments = ArgumentsOf(settings, with_models), .environment = EnvironmentOf(settings)}
    );
    if (!spawned) {
        return Unexpected(spawned.error());
    }
    std::unique_ptr<ChildProcess> child(new ChildProcess(std::move(*spawned), with_models));
    if (auto ready = child->AwaitReady(settings, stop); !ready) {
        return Unexpected(ready.error());
    }
    return child;
}

Result<void> ChildProcess::AwaitReady(const HostSettings& settings, const std::stop_token& stop) {
    const auto deadline = steady_clock::now() + kReadyTime;
    while (steady_clock::now() < deadline) {
        streams_.Exchange(kTick, -1);
        if (const auto ready = TakeFirstLine(); !ready || *ready) {
            return ready.map([](bool) {});
        }
        if (streams_.HasOverlongLine()) {
            return ChildFault("its first line is longer than it may be");
        }
        if (streams_.IsOver()) {
            const auto end = Bury();
            const auto said = streams_.LogTail();
            auto died =
                ChildFault(said.empty() ? end.message : fmt::format("{}; it said: {}", end.message, said));
            died.value().retry_after = milliseconds(0);
            return died;
        }
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "stopped while the processor was started");
        }
        if (ResidentBytes() > settings.limits.resident_bytes) {
            return ChildFault(
                fmt::format("it needs more than its {} MiB to start", settings.limits.resident_bytes >> 20U)
            );
        }
    }
    return ChildFault(fmt::format("it was not ready after {} s", kReadyTime.count()));
}

/// True when the child is ready, false when it said nothing yet.
Result<bool> ChildProcess::TakeFirstLine() {
    const auto line = streams_.NextLine();
    if (!line) {
        return false;
    }
    const auto message = ParseChildMessage(*line);
    if (!message) {
        return ChildFault(message.error().message);
    }
    if (const auto* refused = std::get_if<RefusedNotice>(&*message)) {
        return ChildFault(refused->error.message);
    }
    const auto* ready = std::get_if<ReadyNotice>(&*message);
    if (ready == nullptr) {
        return ChildFault("it speaks before it is ready");
    }
    sandbox_ = ready->sandbox;
    return CheckVersions(ready->processors).map([] { return true; });
}

bool ChildProcess::IsAlive() const {
    if (reaped_) {
        return false;
    }
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

std::uint64_t ChildProcess::ResidentBytes() const {
    return reaped_ ? 0 : ResidentBytesOf(pid_);
}

bool ChildProcess::IsBlocked() const {
    return !reaped_ && IsBlockedInKernel(pid_);
}

bool ChildProcess::WaitForEnd(milliseconds timeout) const {
    const auto deadline = steady_clock::now() + timeout;
    while (IsAlive()) {
        if (steady_clock::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
}

void ChildProcess::Quit() {
    streams_.SendLine(ToLine(ParentMessage(QuitRequest{})));
    streams_.CloseInput();
    static_cast<void>(WaitForEnd(kQuitTime));
    static_cast<void>(Kill());
}

ChildEnd ChildProcess::Kill() {
    if (reaped_) {
        return {};
    }
    // The group first: until it is waited for, the leader keeps the group's number from being given to
    // others.
    ::kill(-pid_, SIGKILL);
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
    }
    reaped_ = true;
    return Describe(info);
}

ChildEnd ChildProcess::Bury() {
    static_cast<void>(WaitForEnd(kBurialTime));
    return Kill();
}

}  // namespace notify
