#pragma once

// The inbox: what messages told of, until it was looked at.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "storage/storage.hpp"

namespace notify {

/// How much news of a kind waits.
struct NewsCount {
    NewsKind kind = NewsKind::kObject;
    std::int64_t count = 0;
    std::int64_t delayed = 0;  ///< Of these, what could not be looked at when it was due.
};

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class NewsRepository {
public:
    NewsRepository() = default;
    NewsRepository(const NewsRepository&) = delete;
    NewsRepository& operator=(const NewsRepository&) = delete;
    virtual ~NewsRepository() = default;

    /// Adds a row; true when it is new. One with that (source, kind, address) is told once more instead: it
    /// takes what else was told and stays due when it was.
    virtual Result<bool> Tell(const InboxNews& news) = 0;

    /// kNotFound with the id in the sentence.
    [[nodiscard]] virtual Result<InboxNews> Get(const NewsId& id) const = 0;

    /// At most `limit` rows of that kind that are due, the longest due first.
    [[nodiscard]] virtual Result<std::vector<InboxNews>> Due(
        NewsKind kind, Timestamp now, int limit
    ) const = 0;

    /// Removes the row if it was told no more often than `told`; false when it was, and it stays.
    virtual Result<bool> End(const NewsId& id, std::int64_t told) = 0;

    /// It could not be looked at: when it is due again, and why; one more try. Nothing when it is gone.
    virtual Result<void> Delay(
        const NewsId& id, Timestamp due_at, const std::string& reason, const std::string& sentence
    ) = 0;

    /// By kind; none for a kind of which nothing waits.
    [[nodiscard]] virtual Result<std::vector<NewsCount>> Count() const = 0;

    /// In the order in which they were first told.
    [[nodiscard]] virtual Result<Page<InboxNews>> List(const PageRequest& page) const = 0;
};

}  // namespace notify
