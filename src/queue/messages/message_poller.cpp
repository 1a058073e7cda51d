#include "queue/messages/message_poller.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "queue/messages/message_intake.hpp"
#include "queue/messages/queue_reader.hpp"
#include "sources/access.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr auto kInterval = std::chrono::seconds(2);
constexpr auto kGrace = std::chrono::seconds(5);

struct Wanted {
    Source source;
    std::string as;
};

Result<std::map<SourceId, Wanted>> FindQueues(const Snapshot& snapshot) {
    auto sources = snapshot.sources.List();
    if (!sources) {
        return Unexpected(sources.error());
    }
    std::map<SourceId, Wanted> found;
    for (auto& source : *sources) {
        if (source.kind != "sqs") {
            continue;
        }
        const auto secrets = snapshot.sources.Secrets(source.id);
        if (!secrets) {
            return Unexpected(secrets.error());
        }
        auto as = fmt::format(
            "{} {} {}", source.name, source.config, secrets->empty() ? 0 : secrets->front().number
        );
        const auto id = source.id;
        found.emplace(id, Wanted{.source = std::move(source), .as = std::move(as)});
    }
    return found;
}

/// All at the same time.
void End(const std::vector<std::unique_ptr<QueueReader>>& readers) {
    for (const auto& reader : readers) {
        reader->RequestStop();
    }
    const auto deadline = std::chrono::steady_clock::now() + kGrace;
    for (const auto& reader : readers) {
        reader->Finish(deadline);
    }
}

}  // namespace

MessagePoller::MessagePoller(
    Storage& storage, const Clock& clock, FindAccess access, MessageIntake& intake, std::function<void()> told
)
    : storage_(storage), clock_(clock), access_(std::move(access)), intake_(intake), told_(std::move(told)) {}

MessagePoller::~MessagePoller() {
    Stop();
}

void MessagePoller::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void MessagePoller::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
    std::vector<std::unique_ptr<QueueReader>> ending;
    {
        const std::scoped_lock lock(mutex_);
        for (auto& [id, running] : readers_) {
            ending.push_back(std::move(running.reader));
        }
        readers_.clear();
    }
    End(ending);
}

void MessagePoller::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        if (const auto refreshed = Refresh(); !refreshed) {
            Log(LogLevel::kWarn,
                "queues of messages could not be looked for",
                {{"error", refreshed.error().message}});
        }
        SleepFor(kInterval, stop);
    }
}

Result<void> MessagePoller::Refresh() {
    auto wanted = storage_.Read(FindQueues);
    if (!wanted) {
        return Unexpected(wanted.error());
    }
    std::map<SourceId, QueueState> before;
    std::vector<std::unique_ptr<QueueReader>> ending;
    {
        const std::scoped_lock lock(mutex_);
        for (auto at = readers_.begin(); at != readers_.end();) {
            const auto found = wanted->find(at->first);
            if (found != wanted->end() && found->second.as == at->second.as) {
                ++at;
                continue;
            }
            before[at->first] = at->second.reader->State();
            ending.push_back(std::move(at->second.reader));
            at = readers_.erase(at);
        }
    }
    End(ending);
    const ReaderParts parts{
        .storage = storage_, .clock = clock_, .access = access_, .intake = intake_, .told = told_
    };
    const std::scoped_lock lock(mutex_);
    for (auto& [id, queue] : *wanted) {
        if (!readers_.contains(id)) {
            readers_[id] = {
                .as = std::move(queue.as),
                .reader = std::make_unique<QueueReader>(std::move(queue.source), parts, before[id])
            };
        }
    }
    return {};
}

std::vector<QueueState> MessagePoller::States() const {
    const std::scoped_lock lock(mutex_);
    std::vector<QueueState> states;
    states.reserve(readers_.size());
    for (const auto& [id, running] : readers_) {
        states.push_back(running.reader->State());
    }
    return states;
}

}  // namespace notify
