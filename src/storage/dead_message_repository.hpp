#pragma once

// Messages that were not understood, until somebody removes or replays them, or they are old.

#include <cstdint>
#include <optional>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "storage/storage.hpp"

namespace notify {

struct DeadMessageFilter {
    SourceId source_id;            ///< Of one queue; empty: of all.
    std::optional<bool> replayed;  ///< Only those that were, or were not.
};

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class DeadMessageRepository {
public:
    DeadMessageRepository() = default;
    DeadMessageRepository(const DeadMessageRepository&) = delete;
    DeadMessageRepository& operator=(const DeadMessageRepository&) = delete;
    virtual ~DeadMessageRepository() = default;

    /// Adds it; true when it is new. One with that (source, message) came once more instead.
    virtual Result<bool> Add(const DeadMessage& message) = 0;

    /// kNotFound with the id in the sentence.
    [[nodiscard]] virtual Result<DeadMessage> Get(const DeadMessageId& id) const = 0;

    /// Newest first.
    [[nodiscard]] virtual Result<Page<DeadMessage>> List(
        const DeadMessageFilter& filter, const PageRequest& page
    ) const = 0;

    /// How many were not replayed.
    [[nodiscard]] virtual Result<std::int64_t> CountOpen() const = 0;

    /// Notes that its news was taken in. kNotFound.
    virtual Result<void> MarkReplayed(const DeadMessageId& id, Timestamp at) = 0;

    /// kNotFound.
    virtual Result<void> Remove(const DeadMessageId& id) = 0;

    /// Removes at most `limit` that were added before `before`; how many.
    virtual Result<int> RemoveOld(Timestamp before, int limit) = 0;

    /// How many calls of RemoveOld would remove, in the end.
    [[nodiscard]] virtual Result<std::int64_t> CountOld(Timestamp before) const = 0;
};

}  // namespace notify
