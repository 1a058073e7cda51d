#pragma once

// NewsRepository in SQL.

#include "storage/news_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See NewsRepository. The connection outlives it.
class NewsTable final : public NewsRepository {
public:
    explicit NewsTable(Connection& connection) : connection_(connection) {}

    Result<bool> Tell(const InboxNews& news) override;
    [[nodiscard]] Result<InboxNews> Get(const NewsId& id) const override;
    [[nodiscard]] Result<std::vector<InboxNews>> Due(NewsKind kind, Timestamp now, int limit) const override;
    Result<bool> End(const NewsId& id, std::int64_t told) override;
    Result<void> Delay(
        const NewsId& id, Timestamp due_at, const std::string& reason, const std::string& sentence
    ) override;
    [[nodiscard]] Result<std::vector<NewsCount>> Count() const override;
    [[nodiscard]] Result<Page<InboxNews>> List(const PageRequest& page) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
