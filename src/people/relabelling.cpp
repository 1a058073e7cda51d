#include "people/relabelling.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/parts.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/gallery.hpp"
#include "people/item_faces.hpp"
#include "people/label_news.hpp"
#include "people/labels.hpp"
#include "people/matching.hpp"
#include "storage/face_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kPageRows = 100;
constexpr int kTries = 5;
constexpr std::size_t kWantedAtOnce = 1000;  // faces of one write

// A face that is further than this from a person is not named by them, has them for no runner-up and no vote
// for them (MatchLimits: 0.38 and 0.03, 0.44). The rest is for what a track's mean is away from the mean of
// its link and from its single shots.
constexpr double kReach = 0.55;

using Comparable = std::tuple<ResultId, PersonId, std::int64_t, std::int64_t, Certainty, bool, std::int64_t>;

/// What makes two sets of labels the same to whoever reads them. Ids are settled when they are written.
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

/// Only those that are told to others.
std::vector<Appearance> Named(std::vector<Appearance> appearances, const Galleries& galleries) {
    const auto& gallery = galleries.Of({});
    std::erase_if(appearances, [&](const Appearance& appearance) {
        const auto place = gallery.PlaceOf(appearance.person_id);
        return !place || gallery.people[*place].name.empty();
    });
    return appearances;
}

using LabelsByResult = std::vector<std::pair<ResultId, Labels>>;

LabelsByResult LabelsOf(ItemFaces& facts, const Galleries& galleries) {
    LabelsByResult labels;
    for (auto& source : facts.sources) {
        const auto& gallery = galleries.Of(source.lineage.embedding_model);
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

/// Whether as many people are known, for each model, in both, as far as thresholds go.
bool HaveSameThresholds(const Galleries& a, const Galleries& b) {
    const auto same = [](const Galleries& one, const Galleries& other) {
        return std::ranges::all_of(one.ByModel(), [&](const auto& entry) {
            return CrowdOf(entry.second) == CrowdOf(other.Of(entry.first));
        });
    };
    return same(a, b) && same(b, a);
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
    const auto galleries = gallery_.Current();
    if (!galleries) {
        return Unexpected(galleries.error());
    }
    auto facts = storage_.Read([&](const Snapshot& snapshot) { return ReadItemFaces(snapshot, wish.item); });
    if (!facts) {
        return Unexpected(facts.error());
    }
    const auto labels = LabelsOf(*facts, **galleries);
    const auto appearances = AppearancesOf(labels);
    changed = Essence(appearances) != Essence(facts->present);
    const bool tell =
        wish.tell || Essence(Named(appearances, **galleries)) != Essence(Named(facts->present, **galleries));
    if (!changed && !wish.wanted) {
        return true;
    }
    const auto now = clock_.Now();
    return storage_.Write([&](Transaction& transaction) -> Result<bool> {
        const auto version = transaction.people.HoldGalleryVersion();
        if (!version || *version != (*galleries)->Version()) {
            return version.map([](std::int64_t) { return false; });
        }
        auto written = changed ? WriteAll(transaction, wish.item, labels) : Result<bool>(true);
        if (!written || !*written) {
            return written;
        }
        if (auto done = transaction.people_edits.Relabelled(wish.item); !done) {
            return Unexpected(done.error());
        }
        const auto told = tell ? TellLabels(transaction, wish.item, "named", now) : Result<void>{};
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

Result<int> Relabelling::Relabel(const std::stop_token& stop) {
    const std::scoped_lock alone(comparing_);
    const auto current = gallery_.Current();
    const auto first = current ? RelabelWanted(stop) : Unexpected(current.error());
    const auto changed = first ? Compare(*current, stop) : Unexpected(first.error());
    const auto wanted = changed ? RelabelWanted(stop) : Unexpected(changed.error());
    if (wanted) {
        compared_ = *current;
    }
    return wanted.map([&](int others) { return *first + *changed + others; });
}

Result<int> Relabelling::Compare(
    const std::shared_ptr<const Galleries>& current, const std::stop_token& stop
) {
    const auto stored = storage_.Read([](const Snapshot& snapshot) { return snapshot.faces.Compared(); });
    if (!stored) {
        return Unexpected(stored.error());
    }
    const bool same_rules = stored->rules >= kNamingRules;
    if (same_rules && stored->gallery >= current->Version()) {
        return 0;
    }
    const bool near_ones = same_rules && compared_ != nullptr && compared_->Version() >= stored->gallery &&
                           HaveSameThresholds(*compared_, *current);
    if (near_ones) {
        return WantNear(*compared_, *current).map([] { return 0; });
    }
    const auto changed = RelabelAll(stop);
    return changed.and_then([&](int count) {
        return storage_
            .Write([&](Transaction& transaction) {
                return transaction.faces.SetCompared({.gallery = current->Version(), .rules = kNamingRules});
            })
            .map([&] { return count; });
    });
}

/// By some at a time, so that nobody waits for it. The version is noted with the last of them: a stop in
/// between wants some of them again.
Result<void> Relabelling::WantNear(const Galleries& before, const Galleries& current) {
    std::set<std::int64_t> near;
    for (const auto& exemplar : ChangedExemplars(before, current)) {
        const auto faces = faces_.Nearest(exemplar, std::numeric_limits<std::size_t>::max(), kReach);
        if (!faces) {
            return Unexpected(faces.error());
        }
        for (const auto& face : *faces) {
            near.insert(static_cast<std::int64_t>(face.key));
        }
    }
    const std::vector<std::int64_t> faces(near.begin(), near.end());
    const auto now = clock_.Now();
    return ForEachPart(
               faces, kWantedAtOnce, [&](const std::vector<std::int64_t>& some) {
                   return storage_.Write([&](Transaction& transaction) {
                       return transaction.people_edits.WantRelabelled(some, now);
                   });
               }
    ).and_then([&] {
        return storage_.Write([&](Transaction& transaction) {
            return transaction.faces.SetCompared({.gallery = current.Version(), .rules = kNamingRules});
        });
    });
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
