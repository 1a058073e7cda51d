#pragma once

// A source notices objects in its buckets and reads them; its publisher writes results back beside them.
// A new store is one folder with an implementation and one line in sources/registry.cpp.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/byte_source.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/item.hpp"
#include "domain/looked_at.hpp"

namespace notify {

/// An object as a scan saw it.
struct FoundObject {
    std::string key;
    std::string version;
    std::uint64_t size_bytes = 0;
    Timestamp modified_at;   ///< By our clock, as far as the store's is known to be off.
    std::string media_type;  ///< When the source can tell cheaply; else empty.
    /// Set when it can never be processed: it becomes a Skipped item with this reason ("link_outside",
    /// "unreadable").
    std::string skip_code;
    std::string skip_reason;
    /// It changed a moment ago: it is there, and no item yet. Told by sources that list in order only.
    bool settles = false;
    /// The store says that it was deleted: what is known of it is removed. Told by stores that say so.
    bool gone = false;
};

/// What is to be looked at.
struct ScanRequest {
    const Bucket& bucket;
    std::string start_after;  ///< A key: only those behind it, for a source that lists in order. "": all.
    std::optional<std::string> through;      ///< Only up to and with this key, for one that ListsFolders.
    std::optional<Timestamp> changed_since;  ///< Only what changed since then, for one that TellsChanges…
    std::vector<std::string> again;          ///< … and what is at these keys, whenever that changed.
};

/// What stands directly in a folder of a store.
struct FolderListing {
    std::vector<std::string> files;    ///< Keys.
    std::vector<std::string> folders;  ///< What the keys in folders of it begin with: "a/b/".
    bool whole = false;                ///< Else there is more behind them in the order of keys.
    int pages = 0;                     ///< Requests that were made.
};

/// What a scan came to.
struct ScanReport {
    std::uint64_t seen = 0;
    std::uint64_t settling = 0;              ///< Still growing; seen again by the next scan.
    std::optional<Timestamp> look_again_at;  ///< When the first of the settling ones will be still enough.
    std::string note;                        ///< "" or a sentence about what could not be looked at.
    /// Its keys, of one that TellsChanges, for the next scan's `again`. Empty too when not all of them are
    /// known, or there are more than kMostLeftOut.
    std::vector<std::string> left_out;
};

inline constexpr std::size_t kMostLeftOut = 1000;

/// The bytes of one item, opened for one job.
struct OpenedItem {
    UniqueFd descriptor;                 ///< A read-only descriptor when the item is a local file…
    std::unique_ptr<ByteSource> reader;  ///< … else ranged reads. Exactly one is set.
    std::uint64_t size_bytes = 0;
    std::optional<FileState> state;     ///< Of the descriptor, when it was seen to be the item's version.
    std::optional<LookedAt> looked_at;  ///< Which bytes these are, of a store that has several of an item.
};

/// Names and values in printable ASCII, names in lower case without a store's "x-amz-meta-".
using UserMetadata = std::vector<std::pair<std::string, std::string>>;

/// Where results of an item are written, and as what.
struct PublicationTarget {
    std::string format;  ///< A name in domain/publication.hpp.
    std::string place;   ///< "" in the item's bucket; else a folder or a bucket of the same store.
    std::string key;     ///< Relative to a folder; whole in a store's bucket.
    std::string media_type;
    UserMetadata metadata;  ///< What the object carries besides its bytes, where its store can do that.
    bool tried = false;     ///< An earlier try may have written some of it.
    /// Of a status: its bucket publishes no more, so that only what was opened for it is ended.
    bool only_ends = false;
};

/// A process that runs, and how far it is, 0 … 1.
struct RunningProcess {
    ProcessId process;
    double done = 0;
};

/// Thread-safe; blocking calls end soon after a stop is requested, with kStopped.
class SourceConnection {
public:
    SourceConnection() = default;
    SourceConnection(const SourceConnection&) = delete;
    SourceConnection& operator=(const SourceConnection&) = delete;
    virtual ~SourceConnection() = default;

    /// Calls `found` for every object that passes the bucket's globs; in the order of the keys' bytes when it
    /// ListsInOrder, else in any. `found` is quick.
    [[nodiscard]] virtual Result<ScanReport> Scan(
        const ScanRequest& request,
        const std::function<Result<void>(FoundObject)>& found,
        std::stop_token stop
    ) = 0;

    /// True when a scan tells objects in the order of their keys' bytes and can begin behind a key.
    [[nodiscard]] virtual bool ListsInOrder() const noexcept = 0;

    /// True when ListFolder works, and a part of the keys can be listed for the price of that part. Not for
    /// stores whose listing comes from a search index.
    [[nodiscard]] virtual bool ListsFolders() const noexcept { return false; }

    /// True when what is read of an item's version is always the same bytes; false where one of several
    /// renditions is chosen when it is opened.
    [[nodiscard]] virtual bool VersionNamesBytes() const noexcept { return true; }

    /// True when a scan of the bucket can be of what changed since a time.
    [[nodiscard]] virtual bool TellsChanges(const Bucket& /*bucket*/) const { return false; }

    /// What stands in `folder`, the beginning of keys with its slash, "" for the bucket's own place; in at
    /// most `most_pages` (≥ 1) requests. kUnsupported when it does not list folders.
    [[nodiscard]] virtual Result<FolderListing> ListFolder(
        const Bucket& /*bucket*/, const std::string& /*folder*/, int /*most_pages*/, std::stop_token /*stop*/
    ) {  // NOLINT(performance-unnecessary-value-param): by value as in all of them
        return Fail(ErrorCode::kUnsupported, "the source cannot list folders");
    }

    /// The object at that key as it is now, whatever the bucket's globs say; nothing when there is none, or
    /// one that is `gone`.
    [[nodiscard]] virtual Result<std::optional<FoundObject>> Look(
        const Bucket& bucket, const std::string& key, std::stop_token stop
    ) = 0;

    /// Opens the item's bytes. kConflict when the object is no longer that version, kNotFound when it is
    /// gone.
    [[nodiscard]] virtual Result<OpenedItem> Open(
        const Bucket& bucket, const Item& item, std::stop_token stop
    ) = 0;

    /// Calls `changed` soon after something in the bucket may have changed, until the returned watch is
    /// destroyed. Null when this source cannot watch or this bucket not now; then only the periodic scan
    /// notices. `changed` is called on the watch's own thread; its argument is "" or a sentence why watching
    /// degraded (overflow, limit).
    [[nodiscard]] virtual std::unique_ptr<class BucketWatch> Watch(
        const Bucket& bucket, std::function<void(std::string_view)> changed
    ) = 0;

    /// Checks a bucket before it is added, or because somebody asks: the place exists and can be read. A
    /// sentence for each fault.
    [[nodiscard]] virtual Result<void> CheckBucket(const Bucket& bucket, std::stop_token stop) = 0;

    /// The key of what is written for the object at `key`: that and `suffix`, or as near as the store's limit
    /// to the length of names allows, another one for another key.
    [[nodiscard]] virtual std::string PublicationKey(std::string_view key, std::string_view suffix) const = 0;

    /// The first bytes, at most 64, of what stands at the target: they tell whose it is. Nothing when nothing
    /// is there, kConflict for what is no plain object.
    [[nodiscard]] virtual Result<std::optional<std::string>> StartOfPublished(
        const Bucket& bucket, const PublicationTarget& target, std::stop_token stop
    ) = 0;

    /// Writes `bytes` at the target, all or nothing, replacing what is there; makes folders that are missing.
    /// kNotFound when the item's object is gone: nothing is written then.
    [[nodiscard]] virtual Result<void> Publish(
        const Bucket& bucket,
        const Item& item,
        const PublicationTarget& target,
        std::string_view bytes,
        std::stop_token stop
    ) = 0;

    /// Removes what Publish wrote at the target; success too when nothing is there. kUnsupported when the
    /// store has no objects of results.
    [[nodiscard]] virtual Result<void> RemovePublished(
        const Bucket& /*bucket*/, const PublicationTarget& /*target*/, std::stop_token /*stop*/
    ) {  // NOLINT(performance-unnecessary-value-param): by value as in all of them
        return Fail(ErrorCode::kUnsupported, "the store has no objects of results");
    }

    /// What of a source's configuration decides what Publish writes in that format, as a text: another one
    /// when the same results are written otherwise. "": nothing does.
    [[nodiscard]] virtual std::string WritingOf(
        const std::string& /*config*/, std::string_view /*format*/
    ) const {
        return {};
    }

    /// Shows how far an item's processes are, where the store has a place for that. Those that somebody asks
    /// to stop there.
    [[nodiscard]] virtual Result<std::vector<ProcessId>> ShowProgress(
        const Bucket& /*bucket*/,
        const Item& /*item*/,
        const std::vector<RunningProcess>& /*processes*/,
        std::stop_token /*stop*/
    ) {                 // NOLINT(performance-unnecessary-value-param): by value as in all of them
        return std::vector<ProcessId>();
    }

    /// The processes that somebody asks to stop where the store of the bucket's source shows them, whatever
    /// bucket of it they are of, and whether they run or wait; in one listing of the store.
    [[nodiscard]] virtual Result<std::vector<ProcessId>> StoppedProcesses(
        const Bucket& /*bucket*/, std::stop_token /*stop*/
    ) {  // NOLINT(performance-unnecessary-value-param): by value as in all of them
        return std::vector<ProcessId>();
    }
};

/// Ends a watch when destroyed (joins its thread).
class BucketWatch {
public:
    BucketWatch() = default;
    BucketWatch(const BucketWatch&) = delete;
    BucketWatch& operator=(const BucketWatch&) = delete;
    virtual ~BucketWatch() = default;
};

}  // namespace notify
