#pragma once

// The one door to the database. SQLite and PostgreSQL stand behind it; nothing above storage/ knows which.

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace notify {

class SourceRepository;
class BucketRepository;
class BacklogRepository;
class RuleRepository;
class ItemRepository;
class ScanRepository;
class ProcessRepository;
class ResultRepository;
class PeopleRepository;
class PeopleEditRepository;
class FaceRepository;
class ErasureRepository;
class EventRepository;
class DeliveryRepository;
class NewsRepository;
class DeadMessageRepository;
class KeyRepository;
class NodeRepository;
class PauseRepository;
class ReviewRepository;

/// A consistent view: everything read through it is of one moment.
struct Snapshot {
    const SourceRepository& sources;
    const BucketRepository& buckets;
    const BacklogRepository& backlog;
    const RuleRepository& rules;
    const ItemRepository& items;
    const ScanRepository& scans;
    const ProcessRepository& processes;
    const ResultRepository& results;
    const PeopleRepository& people;
    const PeopleEditRepository& people_edits;
    const FaceRepository& faces;
    const ErasureRepository& erasures;
    const EventRepository& events;
    const DeliveryRepository& deliveries;
    const NewsRepository& news;
    const DeadMessageRepository& dead_messages;
    const KeyRepository& keys;
    const NodeRepository& nodes;
    const PauseRepository& pauses;
    const ReviewRepository& review;
};

/// Reads and writes that happen all or not at all. Reads see the writes before them.
struct Transaction {
    SourceRepository& sources;
    BucketRepository& buckets;
    BacklogRepository& backlog;
    RuleRepository& rules;
    ItemRepository& items;
    ScanRepository& scans;
    ProcessRepository& processes;
    ResultRepository& results;
    PeopleRepository& people;
    PeopleEditRepository& people_edits;
    FaceRepository& faces;
    ErasureRepository& erasures;
    EventRepository& events;
    DeliveryRepository& deliveries;
    NewsRepository& news;
    DeadMessageRepository& dead_messages;
    KeyRepository& keys;
    NodeRepository& nodes;
    PauseRepository& pauses;
    ReviewRepository& review;

    /// What this transaction sees, for code that only reads.
    [[nodiscard]] Snapshot View() const {
        return {
            .sources = sources,
            .buckets = buckets,
            .backlog = backlog,
            .rules = rules,
            .items = items,
            .scans = scans,
            .processes = processes,
            .results = results,
            .people = people,
            .people_edits = people_edits,
            .faces = faces,
            .erasures = erasures,
            .events = events,
            .deliveries = deliveries,
            .news = news,
            .dead_messages = dead_messages,
            .keys = keys,
            .nodes = nodes,
            .pauses = pauses,
            .review = review
        };
    }
};

/// Thread-safe. Closures do no file or network I/O, call no other Storage method and may be run more than
/// once: they leave nothing outside behind but their return value.
class Storage {
public:
    using WriteFunction = std::function<Result<void>(Transaction&)>;
    using ReadFunction = std::function<Result<void>(const Snapshot&)>;

    Storage() = default;
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;
    virtual ~Storage() = default;

    /// Runs `function` in a transaction. An error from it rolls back its own writes only and is returned.
    /// On success the writes are durable when this returns. Waits for the writer; kStorageFull, kUnavailable
    /// (closed, database gone) or what the function returned.
    template <class Function>
    [[nodiscard]] auto Write(Function&& function) -> std::invoke_result_t<Function&, Transaction&> {
        using Outcome = std::invoke_result_t<Function&, Transaction&>;
        if constexpr (std::is_same_v<Outcome, Result<void>>) {
            return RunWrite(std::forward<Function>(function));
        } else {
            Outcome outcome = Fail(ErrorCode::kInternal, "transaction did not run");
            auto done = RunWrite([&](Transaction& transaction) -> Result<void> {
                outcome = function(transaction);
                return outcome ? Result<void>{} : Unexpected(outcome.error());
            });
            return done ? std::move(outcome) : Outcome(Unexpected(done.error()));
        }
    }

    /// Runs `function` on a snapshot, beside writers and other readers.
    template <class Function>
    [[nodiscard]] auto Read(Function&& function) -> std::invoke_result_t<Function&, const Snapshot&> {
        using Outcome = std::invoke_result_t<Function&, const Snapshot&>;
        if constexpr (std::is_same_v<Outcome, Result<void>>) {
            return RunRead(std::forward<Function>(function));
        } else {
            Outcome outcome = Fail(ErrorCode::kInternal, "snapshot was not read");
            auto done = RunRead([&](const Snapshot& snapshot) -> Result<void> {
                outcome = function(snapshot);
                return outcome ? Result<void>{} : Unexpected(outcome.error());
            });
            return done ? std::move(outcome) : Outcome(Unexpected(done.error()));
        }
    }

    /// Nothing while what is written gets to the disk; else why the last commit failed (kStorageFull,
    /// kForbidden, kUnavailable): nothing is taken in then, and it is tried again every second.
    [[nodiscard]] virtual Result<void> CanWrite() const = 0;

    /// Looks whether what is stored is sound, as far as the database is this service's own. kInternal with
    /// what is wrong.
    [[nodiscard]] virtual Result<void> CheckIntegrity() = 0;

    /// How many commits and how many closures this node has done: a group is one commit.
    [[nodiscard]] virtual std::uint64_t Commits() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t Closures() const noexcept = 0;

    /// True when artifacts of any size belong into the database: the service may open it from another
    /// machine.
    [[nodiscard]] virtual bool KeepsArtifacts() const noexcept { return false; }

    /// Has nothing that was removed stay in files beside the database, where this one decides over them
    /// (SQLite: its write-ahead log). kUnavailable when somebody was reading all the while.
    [[nodiscard]] virtual Result<void> DropRemains() { return {}; }

    /// True when one node alone uses this database (SQLite): start-up may reset every Processing at once.
    [[nodiscard]] virtual bool IsSingleNode() const noexcept = 0;

    /// True when the other nodes gave this one up because it was silent: what it held is theirs, and nothing
    /// of it is written any more (kUnavailable) until it joins again.
    [[nodiscard]] virtual bool IsGivenUp() const noexcept { return false; }

    /// For a node that was given up, after everything that might still write was stopped.
    virtual void JoinAgain() {}

private:
    virtual Result<void> RunWrite(const WriteFunction& function) = 0;
    virtual Result<void> RunRead(const ReadFunction& function) = 0;
};

/// One page of a list that is read on with `after`: give it the `next` of the page before, empty for the
/// first.
struct PageRequest {
    std::string after;
    int limit = 50;  ///< 1 … 200.
};

template <class T>
struct Page {
    std::vector<T> rows;
    std::string next;  ///< Empty on the last page.
};

}  // namespace notify
