#include "people/relabelling.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/status.hpp"
#include "people/face_tracks.hpp"
#include "people/label_news.hpp"
#include "people/labels.hpp"
#include "storage/appearance_list.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kPageRows = 100;
constexpr int kTries = 5;

/// Whether a failure is one item's own: others need not wait for it.
bool IsOfTheItem(ErrorCode code) {
    return code == ErrorCode::kInvalidArgument || code == ErrorCode::kNotFound ||
           code == ErrorCode::kConflict || code == ErrorCode::kInternal;
}

/// A result of an item whose faces can be named.
struct Source {
    ResultId result;
    FaceTracks tracks;
};

struct ItemFacts {
    std::vector<Source> sources;
    std::vector<Appearance> present;
};

/// The document's tracks with the embeddings that are stored. Nothing for a result of another kind, and for
/// one whose tracks are not stored yet: its `resolve` row waits, and labels without embeddings would stay.
Result<std::optional<FaceTracks>> ReadSource(const Snapshot& snapshot, const StoredResult& result) {
    if (!IsFaceTracks(result.document)) {
        return std::nullopt;
    }
    auto tracks = ReadFaceTracks(result.document);
    if (!tracks) {
        return Unexpected(tracks.error());
    }
    auto stored = snapshot.people.TracksOf(result.id);
    if (!stored) {
        return Unexpected(stored.error());
    }
    std::map<int, FaceTrack*> by_number;
    for (auto& track : *stored) {
        by_number[track.number] = &track;
    }
    for (auto& facts : tracks->tracks) {
        const auto found = by_number.find(facts.track.number);
        if (found == by_number.end()) {
            return std::nullopt;
        }
        facts.track.shots = std::move(found->second->shots);
    }
    return std::optional(std::move(*tracks));
}

/// The latest run of each processor and configuration that completed: what was found before does not count.
Result<std::set<ResultId>> ResultsOf(const Snapshot& snapshot, const ItemId& id) {
    return snapshot.processes.OfItem(id).map([](std::vector<Process> runs) {
        std::erase_if(runs, [](const Process& run) { return run.status != Status::kCompleted; });
        std::set<ResultId> results;
        for (const auto& run : LatestRuns(std::move(runs))) {
            results.insert(run.result_id);
        }
        return results;
    });
}

Result<ItemFacts> ReadItem(const Snapshot& snapshot, const ItemId& id) {
    const auto results = ResultsOf(snapshot, id);
    auto present = AllAppearances(snapshot.people, {.item_id = id, .person_id = {}});
    if (!results || !present) {
        return Unexpected(results ? present.error() : results.error());
    }
    ItemFacts facts;
    for (const auto& result_id : *results) {
        const auto result = snapshot.results.Get(result_id);
        auto source = result ? ReadSource(snapshot, *result) : Unexpected(result.error());
        if (!source) {
            return Unexpected(source.error());
        }
        if (auto& tracks = *source; tracks) {
            facts.sources.push_back({.result = result_id, .tracks = std::move(*tracks)});
            std::ranges::copy_if(*present, std::back_inserter(facts.present), [&](const Appearance& each) {
                return each.result_id == result_id;
            });
        }
    }
    return facts;
}

using Comparable = std::tuple<ResultId, PersonId, std::int64_t, std::int64_t, Certainty, std::int64_t>;

/// What makes two sets of labels the same to whoever reads them. Ids are new each time.
std::multiset<Comparable> Essence(const std::vector<Appearance>& appearances) {
    std::multiset<Comparable> essence;
    for (const auto& a : appearances) {
        essence.emplace(
            a.result_id,
            a.person_id,
            a.start_ms,
            a.end_ms,
            a.certainty,
            static_cast<std::int64_t>(a.similarity * 10)
        );
    }
    return essence;
}

}  // namespace

Result<bool> Relabelling::TryItem(const ItemId& id, bool& changed) {
    const auto gallery = gallery_.Current();
    if (!gallery) {
        return Unexpected(gallery.error());
    }
    auto facts = storage_.Read([&](const Snapshot& snapshot) { return ReadItem(snapshot, id); });
    if (!facts) {
        return Unexpected(facts.error());
    }
    std::vector<std::pair<ResultId, Labels>> labels;
    std::vector<Appearance> wanted;
    for (auto& [result, tracks] : facts->sources) {
        labels.emplace_back(result, MakeLabels(std::move(tracks), **gallery));
        for (auto appearance : labels.back().second.appearances) {
            appearance.result_id = result;
            wanted.push_back(std::move(appearance));
        }
    }
    changed = Essence(wanted) != Essence(facts->present);
    if (!changed) {
        return true;
    }
    const auto now = clock_.Now();
    return storage_.Write([&](Transaction& transaction) -> Result<bool> {
        for (const auto& [result, each] : labels) {
            const auto written = WriteLabels(transaction, id, result, each);
            if (!written || !*written) {
                return written;  // the first one refuses before anything is written
            }
        }
        return TellLabels(transaction, id, "named", now).map([] { return true; });
    });
}

Result<bool> Relabelling::RelabelItem(const ItemId& id) {
    for (int attempt = 0; attempt < kTries; ++attempt) {
        bool changed = false;
        const auto stands = TryItem(id, changed);
        if (!stands) {
            return Unexpected(stands.error().Within(fmt::format("name the faces of {}", id.Value())));
        }
        if (*stands) {
            return changed;
        }
    }
    return Fail(
        ErrorCode::kConflict, fmt::format("people changed again and again while {} was named", id.Value())
    );
}

Result<int> Relabelling::RelabelAll(const std::stop_token& stop) {
    if (const auto gallery = gallery_.Current(); !gallery) {
        return Unexpected(gallery.error());  // once, not for each item
    }
    int changed = 0;
    PageRequest request{.after = {}, .limit = kPageRows};
    do {
        const auto page =
            storage_.Read([&](const Snapshot& snapshot) { return snapshot.items.List({}, request); });
        if (!page) {
            return Unexpected(page.error());
        }
        for (const auto& item : page->rows) {
            if (stop.stop_requested()) {
                return Fail(ErrorCode::kStopped, "naming of past items was stopped");
            }
            const auto relabelled = RelabelItem(item.id);
            if (!relabelled && !IsOfTheItem(relabelled.error().code)) {
                return Unexpected(relabelled.error());
            }
            if (!relabelled) {
                Log(LogLevel::kWarn,
                    "item could not be named again",
                    {{"item", item.id.Value()}, {"error", relabelled.error().message}});
            }
            changed += relabelled && *relabelled ? 1 : 0;
        }
        request.after = page->next;
    } while (!request.after.empty());
    return changed;
}

}  // namespace notify
