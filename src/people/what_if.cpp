#include "people/what_if.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/item_faces.hpp"
#include "people/matching.hpp"
#include "people/naming.hpp"
#include "storage/item_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr double kFarthest = 2;
constexpr int kItemsAtOnce = 100;

/// How naming would show a track.
struct Showing {
    NameState shown = NameState::kUnknown;
    PersonId person;
    std::string name;
    double distance = kFarthest;

    [[nodiscard]] bool IsAs(const Showing& other) const {
        return shown == other.shown && person == other.person;
    }
};

Showing ShowingOf(const std::optional<Match>& match, const Gallery& gallery) {
    return !match ? Showing{}
                  : Showing{
                        .shown = match->certainty == Certainty::kConfirmed ? NameState::kConfirmed
                                                                           : NameState::kProposed,
                        .person = gallery.people[match->person].id,
                        .name = gallery.people[match->person].name,
                        .distance = match->distance
                    };
}

std::map<TrackId, AppearanceId> AppearancesOf(const ItemFaces& faces) {
    std::map<TrackId, AppearanceId> appearances;
    for (const auto& appearance : faces.present) {
        for (const auto& track : appearance.tracks) {
            appearances.emplace(track, appearance.id);
        }
    }
    return appearances;
}

/// The changes of one item, those of one appearance that change alike together.
class Changes {
public:
    Changes(ItemId item, const ItemFaces& faces)
        : item_(std::move(item)), appearances_(AppearancesOf(faces)) {}

    void Add(const FaceTrack& track, const Showing& from, const Showing& to) {
        const auto shown = appearances_.find(track.id);
        const auto appearance = shown != appearances_.end() ? shown->second : AppearanceId();
        const double distance = to.shown == NameState::kUnknown ? from.distance : to.distance;
        const auto same = std::ranges::find_if(found_, [&](const ShownChange& change) {
            return !appearance.IsEmpty() && change.appearance == appearance && change.from == from.shown &&
                   change.from_person == from.person && change.to == to.shown &&
                   change.to_person == to.person;
        });
        if (same == found_.end()) {
            found_.push_back(
                {.item = item_,
                 .appearance = appearance,
                 .tracks = {track.id},
                 .start_ms = track.start_ms,
                 .end_ms = track.end_ms,
                 .from = from.shown,
                 .to = to.shown,
                 .from_person = from.person,
                 .to_person = to.person,
                 .from_name = from.name,
                 .to_name = to.name,
                 .distance = distance}
            );
            return;
        }
        same->tracks.push_back(track.id);
        same->start_ms = std::min(same->start_ms, track.start_ms);
        same->end_ms = std::max(same->end_ms, track.end_ms);
        same->distance = std::min(same->distance, distance);
    }

    [[nodiscard]] std::vector<ShownChange> Take() { return std::move(found_); }

private:
    ItemId item_;
    std::map<TrackId, AppearanceId> appearances_;
    std::vector<ShownChange> found_;
};

bool IsDistance(const std::optional<double>& number) {
    return !number || (*number >= 0 && *number <= kFarthest);
}

/// Items one after another, by two limits, into a page.
class Comparing {
public:
    Comparing(Storage& storage, const Galleries& galleries, const WhatIfWish& wish)
        : storage_(storage),
          galleries_(galleries),
          wish_(wish),
          until_(steady_clock::now() + wish.most_time),
          page_{.counts = {}, .changes = {}, .next = wish.after, .gallery_version = galleries.Version()} {}

    Result<void> Add(const ItemId& item) {
        const auto faces =
            storage_.Read([&](const Snapshot& snapshot) { return ReadItemFaces(snapshot, item); });
        if (!faces && !IsOfTheItem(faces.error().code)) {
            return Unexpected(faces.error());
        }
        if (faces) {
            Compare(item, *faces);
        } else {
            ++page_.counts.unreadable;
        }
        page_.next = item;
        return {};
    }

    [[nodiscard]] const ItemId& Last() const { return page_.next; }

    [[nodiscard]] bool IsFull() const {
        return page_.changes.size() >= wish_.most_changes || steady_clock::now() >= until_;
    }

    [[nodiscard]] WhatIfPage Take() { return std::move(page_); }

    [[nodiscard]] WhatIfPage TakeAsLast() {
        page_.next = {};
        return Take();
    }

private:
    void Compare(const ItemId& item, const ItemFaces& faces) {
        Changes found(item, faces);
        for (const auto& source : faces.sources) {
            const std::span<const TrackFacts> tracks(source.tracks.tracks);
            const auto& gallery = galleries_.Of(source.lineage.embedding_model);
            const auto today = NameTracks(tracks, gallery, faces.verdicts);
            const auto then = NameTracks(tracks, gallery, faces.verdicts, {.match = wish_.limits});
            for (std::size_t i = 0; i < tracks.size(); ++i) {
                Compare(tracks[i].track, ShowingOf(today[i], gallery), ShowingOf(then[i], gallery), found);
            }
        }
        ++page_.counts.items;
        std::ranges::move(found.Take(), std::back_inserter(page_.changes));
    }

    void Compare(const FaceTrack& track, const Showing& from, const Showing& to, Changes& found) {
        auto& counts = page_.counts;
        ++counts.tracks;
        ++counts.moved[static_cast<std::size_t>(from.shown)][static_cast<std::size_t>(to.shown)];
        counts.renamed += from.person != to.person && !from.person.IsEmpty() && !to.person.IsEmpty() ? 1 : 0;
        if (!from.IsAs(to)) {
            found.Add(track, from, to);
        }
    }

    Storage& storage_;
    const Galleries& galleries_;
    const WhatIfWish& wish_;
    steady_clock::time_point until_;
    WhatIfPage page_;
};

}  // namespace

std::string_view ToString(NameState state) noexcept {
    return kNameStateWords.at(static_cast<std::size_t>(state));
}

Result<MatchLimits> LimitsWith(const WishedThresholds& wished) {
    for (const auto& [name, number] :
         {std::pair("confirmed", &wished.confirmed),
          std::pair("proposed", &wished.proposed),
          std::pair("margin", &wished.margin)}) {
        if (!IsDistance(*number)) {
            return Fail(ErrorCode::kInvalidArgument, fmt::format("{} is a distance, 0 to 2", name));
        }
    }
    MatchLimits limits;
    if (wished.confirmed) {
        limits.confirmed = *wished.confirmed;
        limits.each_double = 0;
    }
    limits.possible = wished.proposed.value_or(limits.possible);
    limits.margin = wished.margin.value_or(limits.margin);
    const double widest = ThresholdIn(Gallery{}, limits);
    if (limits.possible < widest) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "names are proposed up to {} and confirmed up to {}: the first is to be the larger",
                limits.possible,
                widest
            )
        );
    }
    return limits;
}

Result<WhatIfPage> AskWhatIf(
    Storage& storage, GalleryCache& known_people, const WhatIfWish& wish, const std::stop_token& stop
) {
    const auto galleries = known_people.Current();
    if (!galleries) {
        return Unexpected(galleries.error());
    }
    Comparing comparing(storage, **galleries, wish);
    while (true) {
        const auto items = storage.Read([&](const Snapshot& snapshot) {
            return snapshot.items.List(
                {.bucket_id = wish.bucket}, {.after = comparing.Last().Value(), .limit = kItemsAtOnce}
            );
        });
        if (!items) {
            return Unexpected(items.error());
        }
        for (const auto& item : items->rows) {
            if (stop.stop_requested()) {
                return Fail(ErrorCode::kStopped, "the question was stopped");
            }
            if (auto added = comparing.Add(item.id); !added) {
                return Unexpected(added.error());
            }
            if (comparing.IsFull()) {
                return comparing.Take();
            }
        }
        if (items->next.empty()) {
            return comparing.TakeAsLast();
        }
    }
}

}  // namespace notify
