#pragma once

// How long what is over is kept, and what was removed then.

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace notify {

/// 0 keeps for ever.
struct RetentionPeriods {
    std::chrono::days told{30};     ///< Events, dead messages, deliveries that have ended.
    std::chrono::days done{7};      ///< What ended well and is not what stands: docs/adr/0008-retention.md.
    std::chrono::days failed{30};   ///< What failed or was cancelled, and is not what stands.
    std::chrono::days history{30};  ///< Of an item, from before its current runs.
    std::chrono::days unnamed{30};  ///< What faces look like that nobody has named.
};

/// Rows that were removed.
struct RemovedRows {
    std::int64_t items = 0;
    std::int64_t processes = 0;
    std::int64_t results = 0;
    std::int64_t changes = 0;  ///< Lines of items' histories, beside those that went with their item.
    std::int64_t events = 0;
    std::int64_t deliveries = 0;
    std::int64_t dead_messages = 0;
};

struct RemovedKind {
    std::string_view word;
    std::int64_t RemovedRows::* rows;
};

inline constexpr std::array<RemovedKind, 7> kRemovedKinds{{
    {.word = "items", .rows = &RemovedRows::items},
    {.word = "processes", .rows = &RemovedRows::processes},
    {.word = "results", .rows = &RemovedRows::results},
    {.word = "history", .rows = &RemovedRows::changes},
    {.word = "events", .rows = &RemovedRows::events},
    {.word = "deliveries", .rows = &RemovedRows::deliveries},
    {.word = "dead_messages", .rows = &RemovedRows::dead_messages},
}};

constexpr RemovedRows& operator+=(RemovedRows& sum, const RemovedRows& more) noexcept {
    for (const auto& kind : kRemovedKinds) {
        sum.*kind.rows += more.*kind.rows;
    }
    return sum;
}

/// Of all kinds together.
constexpr std::int64_t All(const RemovedRows& removed) noexcept {
    std::int64_t all = 0;
    for (const auto& kind : kRemovedKinds) {
        all += removed.*kind.rows;
    }
    return all;
}

}  // namespace notify
