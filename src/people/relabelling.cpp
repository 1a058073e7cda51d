#include "people/relabelling.hpp"

#include <cstdint>
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
#include "people/gallery.hpp"
#include "people/item_faces.hpp"
#include "people/label_news.hpp"
#include "people/labels.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
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

using Comparable = std::tuple<ResultId, PersonId, std::int64_t, std::int64_t, Certainty, bool, std::int64_t>;

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
            a.by_user,
            static_cast<std::int64_t>(a.similarity * 10)
        );
    }
    return essence;
}

using LabelsByResult = std::vector<std::pair<ResultId, Labels>>;

LabelsByResult LabelsOf(ItemFaces& facts, const Gallery& gallery) {
    LabelsByResult labels;
    for (auto& source : facts.sources) {
        labels.emplace_back(source.result, MakeLabels(std::move(source.tracks), gallery, facts.verdicts));
    }
    return labels;
}

std::vector<Appearance> AppearancesOf(const LabelsByResult& labels) {
    std::vector<Appearance> appearances;
    for (const auto& [result, each] : labels) {
        for (auto appearance : each.appearances) {
            appearance.result_id = result;
            appearances.push_back(std::move(appearance));
        }
    }
    return appearances;
}

/// The first one refuses before anything is written.
Result<bool> WriteAll(Transaction& transaction, const ItemId& item, const LabelsByResult& labels) {
    for (const auto& [result, each] : labels) {
        auto written = WriteLabels(transaction, item, result, each);
        if (!written || !*written) {
            return written;
        }
    }
    return true;
}

}  // namespace

Result<bool> Relabelling::TryItem(const Wish& wish, bool& changed) {
    const auto gallery = gallery_.Current();
    if (!gallery) {
        return Unexpected(gallery.error());
    }
    auto facts = storage_.Read([&](const Snapshot& snapshot) { return ReadItemFaces(snapshot, wish.item); });
    if (!facts) {
        return Unexpected(facts.error());
    }
    const auto labels = LabelsOf(*facts, **gallery);
    changed = Essence(AppearancesOf(labels)) != Essence(facts->present);
    if (!changed && !wish.wanted) {
        return true;
    }
    const auto now = clock_.Now();
    return storage_.Write([&](Transaction& transaction) -> Result<bool> {
        const auto version = transaction.people.HoldGalleryVersion();
        if (!version || *version != (*gallery)->version) {
            return version.map([](std::int64_t) { return false; });
        }
        auto written = changed ? WriteAll(transaction, wish.item, labels) : Result<bool>(true);
        if (!written || !*written) {
            return written;
        }
        if (auto done = transaction.people_edits.Relabelled(wish.item); !done) {
            return Unexpected(done.error());
        }
        const auto told =
            changed || wish.tell ? TellLabels(transaction, wish.item, "named", now) : Result<void>{};
        return told.map([] { return true; });
    });
}

Result<bool> Relabelling::Fulfil(const Wish& wish) {
    for (int attempt = 0; attempt < kTries; ++attempt) {
        bool changed = false;
        const auto stands = TryItem(wish, changed);
        if (!stands) {
            return Unexpected(stands.error().Within(fmt::format("name the faces of {}", wish.item.Value())));
        }
        if (*stands) {
            return changed || wish.tell;
        }
    }
    return Fail(
        ErrorCode::kConflict,
        fmt::format("people changed again and again while {} was named", wish.item.Value())
    );
}

Result<bool> Relabelling::RelabelItem(const ItemId& id) {
    return Fulfil({.item = id});
}

Result<bool> Relabelling::FulfilOrLog(const Wish& wish, const std::stop_token& stop) {
    if (stop.stop_requested()) {
        return Fail(ErrorCode::kStopped, "naming of past items was stopped");
    }
    auto relabelled = Fulfil(wish);
    if (!relabelled && IsOfTheItem(relabelled.error().code)) {
        Log(LogLevel::kWarn,
            "item could not be named again",
            {{"item", wish.item.Value()}, {"error", relabelled.error().message}});
        return false;
    }
    return relabelled;
}

Result<int> Relabelling::RelabelWanted(const std::stop_token& stop) {
    int changed = 0;
    std::set<ItemId> tried;
    while (true) {
        const auto wanted = storage_.Read([&](const Snapshot& snapshot) {
            return snapshot.people_edits.WantedRelabelled(kPageRows + static_cast<int>(tried.size()));
        });
        if (!wanted) {
            return Unexpected(wanted.error());
        }
        bool any = false;
        for (const auto& [item, tell] : *wanted) {
            if (!tried.insert(item).second) {
                continue;  // it failed by itself: the next run tries again
            }
            any = true;
            const auto done = FulfilOrLog({.item = item, .wanted = true, .tell = tell}, stop);
            if (!done) {
                return Unexpected(done.error());
            }
            changed += *done ? 1 : 0;
        }
        if (!any) {
            return changed;
        }
    }
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
            const auto done = FulfilOrLog({.item = item.id}, stop);
            if (!done) {
                return Unexpected(done.error());
            }
            changed += *done ? 1 : 0;
        }
        request.after = page->next;
    } while (!request.after.empty());
    return changed;
}

}  // namespace notify
