#pragma once

// Looks at what messages told of: the one way out of the inbox.

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/news.hpp"
#include "queue/messages/asset_news.hpp"
#include "queue/messages/object_news.hpp"
#include "sources/source.hpp"
#include "sources/source_of_kind.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Whom the inbox tells.
struct InboxCalls {
    std::function<void(const BucketId&)> look_at;  ///< That bucket is to be scanned soon.
    std::function<void()> added;                   ///< There are new items, or some that wait no longer.
};

/// What is looked at one after the other, beside other lanes.
enum class InboxLane : std::uint8_t {
    kObjects,  ///< Of object stores.
    kIconik,   ///< Of Iconik, in which one request may wait long for the next.
};

inline constexpr std::array<InboxLane, 2> kInboxLanes{InboxLane::kObjects, InboxLane::kIconik};

/// A thread for each lane. Asks the store for each row that is due, the longest due first, takes the item in
/// and removes the row. A store that cannot answer delays its rows, 5 s doubling to 15 min; none is lost, and
/// what is in the other lane goes on while it is waited for. A row that is told again while it is worked is
/// looked at again. News of an asset that its Iconik does not let us see (403) is delayed 5 min doubling to
/// 1 h, and a day after it was told it is a dead message. Everything borrowed outlives it.
class Inbox final {
public:
    Inbox(Storage& storage, const Clock& clock, const SourceOfKind& find_source, InboxCalls calls);
    ~Inbox();
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    void Start();
    void Stop();

    /// Says that there may be rows. Thread-safe.
    void Nudge();

    /// Works the 100 rows of the lane that are due longest once; how many. The error of the database, which
    /// leaves the rows as they are: looking twice at the same does no harm. Lanes may run beside each other.
    [[nodiscard]] Result<int> RunOnce(InboxLane lane, const std::stop_token& stop);

private:
    /// What is to be written of a row that was worked.
    struct Worked {
        InboxNews row;
        std::optional<Error> fault;  ///< Nothing: it is done.
    };

    /// The rows that are due, and what they are looked for in.
    struct Due {
        std::vector<InboxNews> rows;
        std::vector<Bucket> buckets;
    };

    /// What a round came to.
    struct Outcome {
        std::vector<Worked> worked;
        SilentSources silent;  ///< Of Iconik.
        bool added = false;    ///< There are new items, or some that wait no longer.
    };

    /// A thread of its own, and whether it was told that there may be rows.
    struct Worker {
        bool nudged = true;
        std::jthread thread;
    };

    void Loop(InboxLane lane, const std::stop_token& stop);
    void Await(InboxLane lane, const std::stop_token& stop);
    [[nodiscard]] Result<Due> ReadDue(InboxLane lane) const;
    [[nodiscard]] Outcome WorkAll(const Due& due, const std::stop_token& stop);
    [[nodiscard]] std::optional<Error> Work(
        const InboxNews& row, const std::vector<Bucket>& buckets, const std::stop_token& stop, Outcome& round
    );
    [[nodiscard]] Result<void> Write(const std::vector<Worked>& worked);

    Storage& storage_;
    const Clock& clock_;
    const InboxCalls calls_;
    ObjectNews objects_;
    AssetNewsIntake assets_;
    std::mutex mutex_;
    std::condition_variable_any wakes_;
    std::map<InboxLane, Worker> workers_;  ///< One for each lane, from the beginning on.
};

}  // namespace notify
