#pragma once

// How far assets are, shown in their store while they run; and what somebody stops there is cancelled here.
// What is lost of it matters to nobody: how a process ended goes through the outbox.

#include <functional>
#include <stop_token>
#include <string_view>
#include <thread>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One thread that looks at what runs every 5 s, at what waits every 15 s. Everything borrowed outlives it.
class LiveProgress final {
public:
    using FindSource = std::function<Result<SourceConnection*>(std::string_view kind)>;

    /// `cancel` brings a cancellation to the worker that runs the process here, if one does.
    LiveProgress(
        Storage& storage, const Clock& clock, FindSource find, std::function<void(const ProcessId&)> cancel
    )
        : storage_(storage), clock_(clock), find_(std::move(find)), cancel_(std::move(cancel)) {}

    ~LiveProgress();
    LiveProgress(const LiveProgress&) = delete;
    LiveProgress& operator=(const LiveProgress&) = delete;

    void Start();
    void Stop();

    /// Shows the progress of all that runs in buckets of assets that publish, and cancels what was stopped. A
    /// store that does not answer holds nothing up.
    void RunOnce(const std::stop_token& stop);

    /// Cancels what was stopped in a store while it waited: each source in whose publishing buckets of assets
    /// something waits is asked once. Processes of other sources are left alone.
    void ObeyStops(const std::stop_token& stop);

private:
    void Obey(const SourceId& source, const ProcessId& id);
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    const FindSource find_;
    const std::function<void(const ProcessId&)> cancel_;
    std::jthread thread_;
};

}  // namespace notify
