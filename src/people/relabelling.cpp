#include "people/relabelling.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/json.hpp"
#include "core/ulid.hpp"
#include "people/labels.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"

namespace notify {

namespace {

constexpr int kPageRows = 100;
constexpr int kTries = 5;

/// A result of an item whose faces can be named.
struct Source {
    ResultId result;
    FaceTracks tracks;
};

struct ItemFacts {
    std::vector<Source> sources;
    std::vector<Appearance> present;
};

/// The document's tracks with the embeddings that are stored.
Result<FaceTracks> ReadSource(const Snapshot& snapshot, const StoredResult& result) {
    auto tracks = ReadFaceTracks(result.document);
    if (!tracks) {
        return tracks;
    }
    const auto stored = snapshot.people.TracksOf(result.id);
    if (!stored) {
        return Unexpected(stored.error());
    }
    std::map<int, const FaceTrack*> by_number;
    for (const auto& track : *stored) {
        by_number[track.number] = &track;
    }
    for (auto& facts : tracks->tracks) {
        if (const auto found = by_number.find(facts.track.number); found != by_number.end()) {
            facts.track.shots = found->second->shots;
        }
    }
    return tracks;
}

Result<std::vector<Appearance>> AllAppearances(const Snapshot& snapshot, const ItemId& id) {
    std::vector<Appearance> all;
    PageRequest request{.after = {}, .limit = 200};
    do {
        auto page = snapshot.people.Appearances({.item_id = id}, request);
        if (!page) {
            return Unexpected(page.error());
        }
        std::ranges::move(page->rows, std::back_inserter(all));
        request.after = page->next;
    } while (!request.after.empty());
    return all;
}

Result<ItemFacts> ReadItem(const Snapshot& snapshot, const ItemId& id) {
    const auto processes = snapshot.processes.OfItem(id);
    if (!processes) {
        return Unexpected(processes.error());
    }
    ItemFacts facts;
    std::set<ResultId> seen;
    for (const auto& process : *processes) {
        if (process.status != Status::kCompleted || !seen.insert(process.result_id).second) {
            continue;
        }
        const auto result = snapshot.results.Get(process.result_id);
        if (!result) {
            return Unexpected(result.error());
        }
        if (!IsFaceTracks(result->document)) {
            continue;
        }
        auto tracks = ReadSource(snapshot, *result);
        if (!tracks) {
            return Unexpected(tracks.error());
        }
        facts.sources.push_back({.result = result->id, .tracks = std::move(*tracks)});
    }
    auto present = AllAppearances(snapshot, id);
    if (!present) {
        return Unexpected(present.error());
    }
    facts.present = std::move(*present);
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

Event LabelsChanged(
    const ItemId& id, std::int64_t version, const std::vector<Appearance>& appearances, Timestamp now
) {
    std::map<PersonId, std::string> confirmed;
    for (const auto& appearance : appearances) {
        if (appearance.certainty == Certainty::kConfirmed) {
            confirmed[appearance.person_id] = appearance.person_name;
        }
    }
    boost::json::array people;
    for (const auto& [person, name] : confirmed) {
        people.push_back(boost::json::object{{"person", person.Value()}, {"name", name}});
    }
    return {
        .id = EventId(MakeId("msg")),
        .type = "item.labels_changed",
        .subject = id.Value(),
        .dedup_key = fmt::format("{}:labels:{}", id.Value(), version),
        .at = now,
        .data = ToJsonText(
            boost::json::object{{"item", id.Value()}, {"gallery_version", version}, {"people", people}}
        )
    };
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
    const auto version = (*gallery)->version;
    return storage_.Write([&](Transaction& transaction) -> Result<bool> {
        for (const auto& [result, each] : labels) {
            const auto written = WriteLabels(transaction, id, result, each);
            if (!written || !*written) {
                return written;  // the first one refuses before anything is written
            }
        }
        return transaction.events.Append(LabelsChanged(id, version, wanted, now)).map([](bool) {
            return true;
        });
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
            if (!relabelled) {
                return Unexpected(relabelled.error());
            }
            changed += *relabelled ? 1 : 0;
        }
        request.after = page->next;
    } while (!request.after.empty());
    return changed;
}

}  // namespace notify
