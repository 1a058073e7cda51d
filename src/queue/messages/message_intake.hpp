#pragma once

// From messages to rows: news into the inbox, what is not understood among the dead messages.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "sources/messages/message.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A message as it came out of a queue.
struct ReceivedMessage {
    SourceId source_id;      ///< The queue.
    std::string message_id;  ///< In the queue: the same when the message comes again.
    std::string body;
};

/// What became of a message.
struct MessageOutcome {
    int fresh = 0;              ///< News that was not in the inbox.
    int known = 0;              ///< News that waits there already.
    std::string ignored;        ///< Why there is nothing to do, in a word (sources/messages/message.hpp).
    std::string sentence;       ///< Of `ignored`.
    std::optional<Error> dead;  ///< Why it was not understood; it is a dead message now.
};

/// The reason of a refused message and the word of an ignored one that another Iconik sent.
inline constexpr std::string_view kOtherSystem = "other_system";

/// Thread-safe; everything borrowed outlives it.
class MessageIntake final {
public:
    /// `system_domain_id`: of the one Iconik whose messages are taken; "" takes those of any. `told` is
    /// called after something was written, on the caller's thread.
    MessageIntake(
        Storage& storage, const Clock& clock, std::string system_domain_id, std::function<void()> told
    )
        : storage_(storage),
          clock_(clock),
          system_domain_id_(std::move(system_domain_id)),
          told_(std::move(told)) {}

    /// Commits all of them in one transaction; an outcome for each, in their order. When it returns, each may
    /// be deleted from its queue, and those that are dead left to its redrive policy. The error of the
    /// database, and then nothing of them was kept.
    [[nodiscard]] Result<std::vector<MessageOutcome>> Take(const std::vector<ReceivedMessage>& messages);

    /// Commits the news of one that was sent here; nothing of it is kept when it is not understood. What
    /// ParseMessage says, kForbidden (kOtherSystem), or the error of the database.
    [[nodiscard]] Result<MessageOutcome> TakeOne(std::string_view body);

    /// Reads a dead message again, commits its news and marks it. kNotFound; kConflict when it was replayed
    /// or is not kept as a whole; what ParseMessage says, and it stays as it was.
    [[nodiscard]] Result<MessageOutcome> Replay(const DeadMessageId& id);

private:
    [[nodiscard]] bool IsOfAnotherSystem(const Message& message) const;
    [[nodiscard]] Result<MessageOutcome> Tell(
        Transaction& transaction, const Message& message, const SourceId& source
    ) const;

    Storage& storage_;
    const Clock& clock_;
    const std::string system_domain_id_;
    const std::function<void()> told_;
};

}  // namespace notify
