#pragma once

// One child of the host: started and ready, watched, and ended for certain.

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "core/result.hpp"
#include "processors/host/child_end.hpp"
#include "processors/host/child_streams.hpp"
#include "processors/host/host.hpp"
#include "processors/host/spawner.hpp"

namespace notify {

/// Used by one thread at a time. The destructor kills what still runs.
class ChildProcess final {
public:
    /// Starts the program of `settings` and waits until it says that it is ready. ChildFault when it cannot
    /// start or says why it cannot work; with a retry_after when it died meanwhile, which may have been
    /// chance. kStopped.
    [[nodiscard]] static Result<std::unique_ptr<ChildProcess>> Start(
        Spawner& spawner, const HostSettings& settings, bool with_models, const std::stop_token& stop
    );

    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] ChildStreams& Streams() noexcept { return streams_; }

    [[nodiscard]] const SandboxReport& Sandbox() const noexcept { return sandbox_; }

    [[nodiscard]] bool HasModels() const noexcept { return has_models_; }

    [[nodiscard]] pid_t Pid() const noexcept { return pid_; }

    /// False once it has ended.
    [[nodiscard]] bool IsAlive() const;

    /// Resident bytes of it and of the processes it started; 0 when it has ended.
    [[nodiscard]] std::uint64_t ResidentBytes() const;

    /// True while it hangs in a read that cannot be interrupted.
    [[nodiscard]] bool IsBlocked() const;

    /// Lets it leave by itself for a moment, then kills its process group.
    void Quit();

    /// Kills its process group and waits for its end. Tells how it ended when that was not our doing.
    ChildEnd Kill();

    /// Waits a moment for the end of a child that closed its output, then as Kill.
    ChildEnd Bury();

private:
    ChildProcess(SpawnedChild child, bool with_models);

    Result<void> AwaitReady(const HostSettings& settings, const std::stop_token& stop);
    Result<bool> TakeFirstLine();
    [[nodiscard]] bool WaitForEnd(std::chrono::milliseconds timeout) const;

    pid_t pid_;
    bool has_models_;
    bool reaped_ = false;
    ChildStreams streams_;
    SandboxReport sandbox_;
};

}  // namespace notify
