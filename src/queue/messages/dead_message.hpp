#pragma once

// Messages, and news of them, that nothing more is done about until somebody replays them.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/news.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Writes the row, and the event `message.dead` when it is new. Call inside a transaction.
[[nodiscard]] Result<void> Bury(Transaction& transaction, const DeadMessage& message);

/// News of an asset as a message that tells of the same when it is replayed, with why it was given up.
[[nodiscard]] DeadMessage DeadOf(const InboxNews& row, const Error& fault, Timestamp now);

}  // namespace notify
