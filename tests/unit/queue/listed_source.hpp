#pragma once

// A store for scans: it lists what a test puts into it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "sources/source.hpp"

namespace notify::testing {

/// Lists its objects in the order of keys, as a whole or by folders; several listings at a time.
class ListedSource : public SourceConnection {
public:
    [[nodiscard]] Result<ScanReport> Scan(
        const ScanRequest& request,
        const std::function<Result<void>(FoundObject)>& found,
        std::stop_token stop
    ) override {
        {
            const std::scoped_lock lock(mutex);
            begun_behind.push_back(request.start_after);
        }
        ScanReport report;
        for (auto at = objects.upper_bound(request.start_after); at != objects.end(); ++at) {
            if (request.through && at->first > *request.through) {
                break;
            }
            if (stop.stop_requested()) {
                return Fail(ErrorCode::kStopped, "stopped");
            }
            if ((fails_behind && report.seen == *fails_behind) || at->first == fails_at) {
                return Fail(ErrorCode::kUnavailable, "the store does not answer");
            }
            if (at->first == stops_at) {
                stop_source.request_stop();
                continue;
            }
            ++report.seen;
            if (auto taken = found(at->second); !taken) {
                return Unexpected(taken.error());
            }
        }
        return report;
    }

    [[nodiscard]] bool ListsInOrder() const noexcept override { return true; }

    [[nodiscard]] bool ListsFolders() const noexcept override { return true; }

    [[nodiscard]] Result<FolderListing> ListFolder(
        const Bucket& /*bucket*/, const std::string& folder, int most_pages, std::stop_token /*stop*/
    ) override {
        const std::scoped_lock lock(mutex);
        asked_folders.push_back(folder);
        if (folders_fail) {
            return Fail(ErrorCode::kUnsupported, "no delimiters here");
        }
        FolderListing listing{.whole = true, .pages = 0};
        std::size_t entries = 0;
        for (auto at = objects.lower_bound(folder); at != objects.end() && at->first.starts_with(folder);) {
            if (entries == static_cast<std::size_t>(most_pages) * page) {
                listing.whole = false;
                break;
            }
            ++entries;
            const auto slash = at->first.find('/', folder.size());
            if (slash == std::string::npos) {
                listing.files.push_back((at++)->first);
            } else {
                listing.folders.push_back(at->first.substr(0, slash + 1));
                at = objects.lower_bound(at->first.substr(0, slash) + '0');  // '0' is behind '/'
            }
        }
        listing.pages = static_cast<int>(std::max<std::size_t>(1, (entries + page - 1) / page));
        listed_pages += listing.pages;
        return listing;
    }

    [[nodiscard]] Result<std::optional<FoundObject>> Look(
        const Bucket& /*bucket*/, const std::string& /*key*/, std::stop_token /*stop*/
    ) override {
        return std::nullopt;
    }

    [[nodiscard]] Result<OpenedItem> Open(const Bucket&, const Item&, std::stop_token) override {
        return Fail(ErrorCode::kNotFound, "nothing is opened");
    }

    [[nodiscard]] std::unique_ptr<BucketWatch> Watch(
        const Bucket&, std::function<void(std::string_view)>
    ) override {
        return nullptr;
    }

    [[nodiscard]] Result<void> CheckBucket(const Bucket&, std::stop_token) override { return {}; }

    [[nodiscard]] std::string PublicationKey(std::string_view key, std::string_view suffix) const override {
        return std::string(key) + std::string(suffix);
    }

    [[nodiscard]] Result<std::optional<std::string>> StartOfPublished(
        const Bucket&, const PublicationTarget&, std::stop_token
    ) override {
        return std::nullopt;
    }

    [[nodiscard]] Result<void> Publish(
        const Bucket&, const Item&, const PublicationTarget&, std::string_view, std::stop_token
    ) override {
        return {};
    }

    void Put(const std::string& key) { objects[key] = {.key = key, .version = "1", .size_bytes = 7}; }

    std::map<std::string, FoundObject> objects;
    std::optional<std::uint64_t> fails_behind;  ///< So many objects of a listing.
    std::string fails_at;                       ///< A key, if there is one.
    std::string stops_at;                       ///< A key at which stop_source is asked to stop.
    std::stop_source stop_source;
    std::size_t page = 1000;
    bool folders_fail = false;

    std::mutex mutex;  ///< Guards what follows.
    std::vector<std::string> begun_behind;
    std::vector<std::string> asked_folders;
    int listed_pages = 0;
};

}  // namespace notify::testing
