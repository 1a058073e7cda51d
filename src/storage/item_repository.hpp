#pragma once

// Items, their history, and which bytes they are.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "storage/key_range.hpp"
#include "storage/old_rows.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Which items a list shows; empty fields do not restrict.
struct ItemFilter {
    BucketId bucket_id;
    std::optional<Status> status;
    std::string key_contains;
    bool oldest_first = false;  ///< Else the newest.
};

/// A line of an item's history.
struct NotedChange {
    ItemId item_id;
    ItemChange change;
};

/// Which line of an item's history it is.
struct ChangePlace {
    ItemId item_id;
    std::int64_t number = 0;
};

class ItemRepository {
public:
    ItemRepository() = default;
    ItemRepository(const ItemRepository&) = delete;
    ItemRepository& operator=(const ItemRepository&) = delete;
    virtual ~ItemRepository() = default;

    /// Adds the item as the newest of its (bucket, key), unless the newest there is this version already and
    /// was neither skipped as superseded nor removed. Its number among those of the key, of which earlier
    /// ones may have been forgotten: 1 for the first that there is; 0 when it was not added.
    virtual Result<int> AddIfNew(const Item& item) = 0;

    /// Adds those of the items that are the first of their (bucket, key), and says which.
    virtual Result<std::set<ItemId>> AddFirsts(const std::vector<Item>& items) = 0;

    /// kNotFound with the id in the sentence.
    [[nodiscard]] virtual Result<Item> Get(const ItemId& id) const = 0;

    /// Those of the ids that there are, in any order.
    [[nodiscard]] virtual Result<std::vector<Item>> GetAll(const std::vector<ItemId>& ids) const = 0;

    /// What is at the key now: the item of it that was added last.
    [[nodiscard]] virtual Result<std::optional<Item>> Newest(
        const BucketId& bucket, std::string_view key
    ) const = 0;

    /// What is at the keys of a range now, in the order of their bytes; at most `limit` keys.
    [[nodiscard]] virtual Result<std::vector<Item>> NewestBetween(
        const BucketId& bucket, const KeyRange& range, int limit
    ) const = 0;

    /// Versions of (bucket, key) that are not terminal, other than `keep`: what a new version supersedes.
    [[nodiscard]] virtual Result<std::vector<Item>> LiveVersions(
        const BucketId& bucket, std::string_view key, const ItemId& keep
    ) const = 0;

    /// By when they were discovered; `after` is an item id.
    [[nodiscard]] virtual Result<Page<Item>> List(
        const ItemFilter& filter, const PageRequest& page
    ) const = 0;

    /// How many items of the bucket have each status. Goes through all of them.
    [[nodiscard]] virtual Result<std::map<Status, std::int64_t>> CountByStatus(
        const BucketId& bucket
    ) const = 0;

    /// Writes status, since, blocked_by, reason_code, reason, resolving_since; raises state_version when the
    /// status changed. Any status may follow any other: it is that of the item's processes (RefreshItem).
    virtual Result<void> SetStatus(const Item& item) = 0;

    /// As SetStatus, for items of which each is there.
    virtual Result<void> SetStatuses(const std::vector<Item>& items) = 0;

    /// What was learned of the bytes: media type and content digest (either may be empty: unchanged).
    virtual Result<void> SetContent(
        const ItemId& id, std::string_view media_type, std::string_view sha256
    ) = 0;

    /// As SetContent and, where the digest is known, SetAlias, of items that are there, each once: what it
    /// has in `media_type` and `content_sha256`.
    virtual Result<void> NoteContents(const std::vector<Item>& items) = 0;

    /// Notes that its object is in the store no more. kNotFound.
    virtual Result<void> SetRemoved(const ItemId& id, Timestamp at) = 0;

    virtual Result<void> AddChange(const ItemId& id, const ItemChange& change) = 0;

    /// One of each item.
    virtual Result<void> AddChanges(const std::vector<NotedChange>& changes) = 0;

    /// Oldest first, at most the last 200.
    [[nodiscard]] virtual Result<std::vector<ItemChange>> History(const ItemId& id) const = 0;

    /// Of items whose object left their key, gone or replaced by a newer version, those that may be
    /// forgotten: Completed or Skipped, and nothing changed since `before.done`; or Failed or Cancelled, and
    /// nothing since `before.failed`. Never one of which something waits, runs or is being delivered. Looks
    /// at `limit` items from `from` on.
    [[nodiscard]] virtual Result<OldPage<ItemId>> Left(
        const OldBefore& before, const OldPlace& from, int limit
    ) const = 0;

    /// Removes the items with all that is theirs: history, appearances, publications, aliases. Their
    /// processes are the caller's to remove first: ProcessRepository::Forget. How many items.
    virtual Result<int> Forget(const std::vector<ItemId>& ids) = 0;

    /// Lines of history from before a later run of something on their item, which was asked for before
    /// `before`: not the last line of an item, and none of a process that no later run has followed. Looks at
    /// `limit` later runs from `from` on.
    [[nodiscard]] virtual Result<OldPage<ChangePlace>> PastChanges(
        Timestamp before, const OldPlace& from, int limit
    ) const = 0;

    /// How many.
    virtual Result<int> ForgetChanges(const std::vector<ChangePlace>& changes) = 0;

    /// content_alias(source, bucket, key, version) → sha-256, so that bytes seen before are not hashed again.
    virtual Result<void> SetAlias(
        const BucketId& bucket, std::string_view key, std::string_view version, std::string_view sha256
    ) = 0;
    [[nodiscard]] virtual Result<std::optional<std::string>> Alias(
        const BucketId& bucket, std::string_view key, std::string_view version
    ) const = 0;
};

}  // namespace notify
