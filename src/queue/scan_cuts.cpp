#include "queue/scan_cuts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "queue/sieve/clip_folder.hpp"
#include "queue/sieve/numbered.hpp"
#include "queue/sieve/sequence.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr int kMostRequests = 20;
constexpr int kLevels = 3;

/// Numbered files that may be one sequence.
struct Run {
    std::string first;
    std::string last;
    std::uint64_t count = 0;
};

/// Those of a folder, listed in the order of keys.
std::vector<Run> RunsOf(const FolderListing& listing) {
    std::map<std::pair<std::string, std::string>, Run> runs;  // by stem and extension
    for (const auto& key : listing.files) {
        if (const auto name = ParseNumbered(key)) {
            auto& run = runs[{std::string(name->stem), std::string(name->extension)}];
            run.first = run.count == 0 ? key : run.first;
            run.last = key;
            ++run.count;
        }
    }
    std::vector<Run> long_ones;
    for (auto& [name, run] : runs) {
        if (!listing.whole) {
            run.last = name.first + ':';  // behind all digits: more may follow
        }
        if (!listing.whole || run.count >= kSequenceLength) {
            long_ones.push_back(std::move(run));
        }
    }
    return long_ones;
}

/// The folders that the bucket may be cut in front of.
std::vector<std::string> CutsIn(FolderListing listing) {
    const auto runs = RunsOf(listing);
    std::erase_if(listing.folders, [&](const std::string& folder) {
        return ClipFolderOf(folder) || std::ranges::any_of(runs, [&](const Run& run) {
                   return run.first < folder && folder < run.last;
               });
    });
    return std::move(listing.folders);
}

/// At most `wanted` of them, evenly.
std::vector<std::string> Thinned(std::vector<std::string> cuts, std::size_t wanted) {
    if (cuts.size() <= wanted) {
        return cuts;
    }
    std::vector<std::string> thinned;
    for (std::size_t i = 1; i <= wanted; ++i) {
        thinned.push_back(std::move(cuts[i * cuts.size() / (wanted + 1)]));
    }
    return thinned;
}

}  // namespace

Result<std::vector<std::string>> FindCuts(
    SourceConnection& source, const Bucket& bucket, int ranges, const std::stop_token& stop
) {
    const auto wanted = static_cast<std::size_t>(ranges - 1);
    std::vector<std::string> cuts;
    std::vector<std::string> level{""};
    int left = kMostRequests;
    for (int depth = 0; depth < kLevels && cuts.size() < wanted && left > 0; ++depth) {
        std::vector<std::string> below;
        for (std::size_t i = 0; i < level.size() && left > 0; ++i) {
            const auto most_pages = std::max(1, left / static_cast<int>(level.size() - i));
            auto listing = source.ListFolder(bucket, level[i], most_pages, stop);
            if (!listing) {
                return Unexpected(listing.error());
            }
            left -= std::max(1, listing->pages);
            if (!IsNamedAsClipFolder(level[i])) {  // what of it shows a card may stand behind the cut
                std::ranges::move(CutsIn(*std::move(listing)), std::back_inserter(below));
            }
        }
        std::ranges::copy(below, std::back_inserter(cuts));
        level = std::move(below);
    }
    std::ranges::sort(cuts);
    const auto twice = std::ranges::unique(cuts);
    cuts.erase(twice.begin(), twice.end());
    return Thinned(std::move(cuts), wanted);
}

}  // namespace notify
