#pragma once

// EventRepository in SQL.

#include <set>
#include <vector>

#include "storage/event_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See EventRepository. The connection outlives it.
class EventTable final : public EventRepository {
public:
    explicit EventTable(Connection& connection) : connection_(connection) {}

    Result<bool> Append(const Event& event) override;
    Result<void> AppendAll(const std::vector<Event>& events) override;
    [[nodiscard]] Result<Event> Get(const EventId& id) const override;
    [[nodiscard]] Result<std::vector<Event>> After(
        std::int64_t sequence, int limit, std::string_view subject
    ) const override;
    [[nodiscard]] Result<std::vector<std::int64_t>> Naming(
        const PersonId& person, std::int64_t sequence
    ) const override;
    Result<int> ForgetName(const PersonId& person, const ToldUntil& told) override;
    Result<int> RemoveOld(Timestamp before, int limit) override;
    [[nodiscard]] Result<std::int64_t> CountOld(Timestamp before) const override;
    [[nodiscard]] Result<std::int64_t> LastSequence() const override;
    [[nodiscard]] Result<std::int64_t> LastRemoved() const override;

private:
    [[nodiscard]] Result<int> ForgetNameIn(const PersonId& person, const std::vector<std::int64_t>& events);
    [[nodiscard]] Result<EventFacts> WholeFactsOf(const Event& event) const;
    [[nodiscard]] Result<std::set<EventId>> AddAll(const std::vector<Event>& events);

    Connection& connection_;
};

}  // namespace notify::sql
