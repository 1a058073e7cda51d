#pragma once

// What happens to a result besides being stored: people resolution for face tracks, others to come.

#include <functional>
#include <string_view>

#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/result.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What a consumer wants written, prepared outside the transaction.
struct ConsumerWrites {
    /// Applies the writes inside the completing transaction. `result_id` is the id that stands for the
    /// result's lineage. False when what the consumer had read has changed since: then nothing was written, a
    /// `resolve` row is committed instead, and the consumer prepares again later.
    std::function<Result<bool>(Transaction&, const ResultId& result_id)> apply;
};

/// Stateless towards its callers: thread-safe.
class ResultConsumer {
public:
    ResultConsumer() = default;
    ResultConsumer(const ResultConsumer&) = delete;
    ResultConsumer& operator=(const ResultConsumer&) = delete;
    virtual ~ResultConsumer() = default;

    /// True when it reads results of this processor kind's `result_kind` ("face_tracks").
    [[nodiscard]] virtual bool Wants(std::string_view result_kind) const = 0;

    /// Reads what it needs on a snapshot and its artifacts, decides, and returns the writes. `artifact(name)`
    /// gives the bytes in the clear of an artifact of the result, stored yet or not.
    [[nodiscard]] virtual Result<ConsumerWrites> Prepare(
        const Item& item,
        const StoredResult& result,
        const std::function<Result<std::string>(std::string_view)>& artifact
    ) = 0;
};

}  // namespace notify
