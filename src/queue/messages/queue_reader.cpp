#include "queue/messages/queue_reader.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "queue/messages/message_intake.hpp"
#include "queue/refusal.hpp"
#include "sources/objects/faults.hpp"
#include "sources/sqs/config.hpp"
#include "sources/sqs/wire.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kLongestWait{20};  // of one request; SQS allows no more
constexpr seconds kProbe{60};        // of a queue that refuses us
constexpr milliseconds kFirstPause = seconds(1);
constexpr auto kRedriveLasts = std::chrono::minutes(5);
// one that arrives damaged this often is taken as it is: what it tells is only a hint where to look
constexpr int kMostDamaged = 3;

/// That the messages, or one of them, may not be deleted.
std::optional<Error> DenialIn(const Result<std::vector<sqs::EntryFault>>& deleted) {
    if (!deleted) {
        return deleted.error().reason == objects::kAccessDenied ? std::optional(deleted.error())
                                                                : std::nullopt;
    }
    const auto denied = std::ranges::find_if(*deleted, [](const sqs::EntryFault& fault) {
        return fault.error.reason == objects::kAccessDenied;
    });
    return denied == deleted->end() ? std::nullopt : std::optional(denied->error);
}

}  // namespace

std::chrono::duration<double> OldestAge(const QueueState& state, Timestamp now) noexcept {
    const auto age = state.oldest_sent_at ? now - *state.oldest_sent_at : Timestamp::duration(0);
    return std::max(age, Timestamp::duration(0));
}

seconds HiddenAfter(int received) noexcept {
    constexpr seconds kFirst{15};
    constexpr seconds kLongest{900};
    return received >= 6 ? kLongest : std::min(kLongest, kFirst * (1 << std::max(received, 1)));
}

QueueReader::QueueReader(Source source, ReaderParts parts, QueueState before)
    : source_(std::move(source)), parts_(parts), state_(std::move(before)) {
    state_.source_id = source_.id;
    state_.source = source_.name;
    thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
}

QueueReader::~QueueReader() {
    Finish(steady_clock::now());
}

void QueueReader::Finish(steady_clock::time_point deadline) {
    thread_.request_stop();
    {
        std::unique_lock lock(mutex_);
        ended_.wait_until(lock, deadline, [this] { return done_; });
    }
    abandon_.request_stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

QueueState QueueReader::State() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

void QueueReader::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto begun = steady_clock::now();
        const auto outcome = RunOnce(stop);
        if (!outcome && outcome.error().code == ErrorCode::kStopped) {
            break;
        }
        Note(outcome);
        SleepFor(PauseAfter(outcome, begun), stop);
    }
    const std::scoped_lock lock(mutex_);
    done_ = true;
    ended_.notify_all();
}

/// A file that the configuration names may be there again, so this is tried each time.
Result<void> QueueReader::Connect() {
    if (client_) {
        return {};
    }
    auto config = sqs::ReadConfig(source_.config);
    if (!config) {
        return Unexpected(
            objects::LastingFault(
                ErrorCode::kUnavailable,
                objects::kBadNetworkSetup,
                fmt::format("the configuration of source '{}': {}", source_.name, config.error().message)
            )
        );
    }
    client_ = sqs::Connect(*config, source_.id, parts_.access, wall_);
    config_ = *std::move(config);
    return {};
}

Result<void> QueueReader::RunOnce(const std::stop_token& stop) {
    if (auto connected = Connect(); !connected) {
        return connected;
    }
    const auto messages = client_->Receive(
        {.most = static_cast<int>(sqs::kMostEntries),
         .wait = std::min(kLongestWait, config_->interval),
         .hidden = config_->hidden},
        stop
    );
    if (!messages) {
        return Unexpected(messages.error());
    }
    was_empty_ = messages->empty();
    {
        const std::scoped_lock lock(mutex_);
        state_.received += messages->size();
        state_.answered_at = parts_.clock.Now();
        state_.oldest_sent_at.reset();
        for (const auto& message : *messages) {
            if (message.sent_at) {
                state_.oldest_sent_at =
                    std::min(state_.oldest_sent_at.value_or(*message.sent_at), *message.sent_at);
            }
        }
    }
    return messages->empty() ? Result<void>{} : TakeBatch(*messages);
}

Result<void> QueueReader::TakeBatch(const std::vector<sqs::Message>& messages) {
    std::vector<sqs::Message> whole;
    std::vector<sqs::Message> damaged;
    std::vector<ReceivedMessage> received;
    for (const auto& message : messages) {
        if (!message.intact && message.received < kMostDamaged) {
            damaged.push_back(message);
            continue;
        }
        whole.push_back(message);
        received.push_back({.source_id = source_.id, .message_id = message.id, .body = message.body});
    }
    if (!damaged.empty()) {
        Log(LogLevel::kWarn,
            "messages of a queue have another MD5 than it tells",
            {{"source", source_.name}, {"count", damaged.size()}});
        Hide(damaged);
    }
    if (whole.empty()) {
        return {};
    }
    const auto outcomes = parts_.intake.Take(received);
    if (!outcomes) {
        Hide(whole);
        return Unexpected(outcomes.error());
    }
    FailPoint("messages_committed");
    auto deleted = Delete(whole, *outcomes);
    FailPoint("messages_deleted");
    return deleted;
}

Result<void> QueueReader::Delete(
    const std::vector<sqs::Message>& messages, const std::vector<MessageOutcome>& outcomes
) {
    std::vector<std::string> receipts;
    std::uint64_t dead = 0;
    std::uint64_t known = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto& outcome = outcomes.at(i);
        dead += outcome.dead ? 1U : 0U;
        known += static_cast<std::uint64_t>(outcome.known);
        if (!outcome.dead || !Redrives()) {
            receipts.push_back(messages[i].receipt);
        }
    }
    {
        const std::scoped_lock lock(mutex_);
        state_.known += known;
        state_.dead += dead;
    }
    if (receipts.empty()) {
        return {};
    }
    const auto faults = client_->Delete(receipts, abandon_.get_token());
    cannot_delete_ = DenialIn(faults);
    if (!faults) {  // what may not be deleted is taken in all the same
        return cannot_delete_ ? Result<void>() : Unexpected(faults.error());
    }
    for (const auto& fault : *faults) {
        Log(LogLevel::kInfo,
            "a message was not deleted, and comes again",
            {{"source", source_.name}, {"reason", fault.error.message}});
    }
    const std::scoped_lock lock(mutex_);
    state_.deleted += receipts.size() - faults->size();
    return {};
}

/// What cannot be hidden for longer comes again when its visibility ends.
void QueueReader::Hide(const std::vector<sqs::Message>& messages) {
    std::vector<sqs::VisibilityChange> changes;
    changes.reserve(messages.size());
    for (const auto& message : messages) {
        changes.push_back({.receipt = message.receipt, .hidden = HiddenAfter(message.received)});
    }
    if (const auto hidden = client_->ChangeVisibility(changes, abandon_.get_token()); !hidden) {
        Log(LogLevel::kWarn,
            "messages that come again could not be put off",
            {{"source", source_.name}, {"error", hidden.error().message}});
    }
}

/// While that cannot be asked, nothing is deleted that a dead-letter queue may be for.
bool QueueReader::Redrives() {
    const auto now = steady_clock::now();
    if (!redrive_asked_at_ || now - *redrive_asked_at_ >= kRedriveLasts) {
        const auto attributes = client_->Attributes(abandon_.get_token());
        redrives_ = !attributes || attributes->redrives;
        redrive_asked_at_ = attributes ? std::optional(now) : std::nullopt;
    }
    return redrives_;
}

/// An empty queue does not say that messages can be deleted again: they may all be hidden.
void QueueReader::Note(Result<void> outcome) {
    outcome = outcome && cannot_delete_ ? Unexpected(*cannot_delete_) : std::move(outcome);
    if (outcome) {
        if (failures_ > 0) {
            Log(LogLevel::kInfo, "the queue of a source can be read again", {{"source", source_.name}});
        }
        failures_ = 0;
        refused_ = false;
    } else {
        ++failures_;
        if (outcome.error().code == ErrorCode::kUnauthenticated) {
            TellRefusal(outcome.error());
        }
    }
    const std::scoped_lock lock(mutex_);
    const auto sentence = outcome ? std::string() : outcome.error().message;
    if (!outcome && sentence != state_.sentence) {
        Log(LogLevel::kWarn,
            cannot_delete_ ? "messages of a source's queue cannot be deleted, and come again"
                           : "the queue of a source cannot be read",
            {{"source", source_.name}, {"error", sentence}});
    }
    state_.code = outcome ? std::string() : outcome.error().reason;
    state_.sentence = sentence;
}

/// Once for each time that it begins.
void QueueReader::TellRefusal(const Error& error) {
    if (std::exchange(refused_, true)) {
        return;
    }
    const auto written = parts_.storage.Write([&](Transaction& transaction) {
        return transaction.events.Append(RefusalEvent(source_, error, parts_.clock.Now()));
    });
    if (written) {
        parts_.told();
    } else {
        refused_ = false;  // told with the next refusal
    }
}

milliseconds QueueReader::PauseAfter(const Result<void>& outcome, steady_clock::time_point begun) const {
    const auto passed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
    const milliseconds interval = config_ ? milliseconds(config_->interval) : milliseconds(kProbe);
    const bool refused = !outcome && outcome.error().code == ErrorCode::kUnauthenticated;
    if (refused) {
        return std::max<milliseconds>(kProbe, interval);
    }
    if (config_ && config_->mode == sqs::PollMode::kInterval) {
        return std::max(milliseconds(0), interval - passed);
    }
    if (!outcome) {
        return BackoffDelay(failures_, kFirstPause, interval);
    }
    // nor all the time a queue that does not hold back an empty answer, or gives the same again and again
    return was_empty_ || cannot_delete_ ? std::max(milliseconds(0), kFirstPause - passed) : milliseconds(0);
}

}  // namespace notify
