#pragma once

// What other thresholds would change in past items: computed from stored embeddings, and nothing is written.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"
#include "storage/storage.hpp"

namespace notify {

/// How a track is shown.
enum class NameState : std::uint8_t {
    kUnknown,    ///< Without a name.
    kProposed,   ///< With a name for somebody to confirm.
    kConfirmed,  ///< With a name.
};

inline constexpr std::array<std::string_view, 3> kNameStateWords{"unknown", "proposed", "confirmed"};

[[nodiscard]] std::string_view ToString(NameState state) noexcept;

/// Distances; what is not said stays as it is.
struct WishedThresholds {
    std::optional<double> confirmed;  ///< For galleries of any size.
    std::optional<double> proposed;
    std::optional<double> margin;
};

/// kInvalidArgument for what is no distance (0 … 2), and for proposals nearer than confirmations.
[[nodiscard]] Result<MatchLimits> LimitsWith(const WishedThresholds& wished);

/// A track, or the tracks of an appearance that change alike.
struct ShownChange {
    ItemId item;
    AppearanceId appearance;  ///< As it is stored; empty where nobody is shown.
    std::vector<TrackId> tracks;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    NameState from = NameState::kUnknown;
    NameState to = NameState::kUnknown;
    PersonId from_person;  ///< Empty of an unknown one, as `to_person`.
    PersonId to_person;
    std::string from_name;  ///< Of today; empty of somebody whom nobody has named.
    std::string to_name;
    double distance = 0;  ///< The smallest of its tracks, to whom they would be shown as, else are.
};

struct WhatIfCounts {
    std::int64_t items = 0;
    std::int64_t unreadable = 0;  ///< Items besides these whose facts cannot be read.
    std::int64_t tracks = 0;
    std::array<std::array<std::int64_t, 3>, 3>
        moved{};               ///< Tracks [from][to]; those that stay on the diagonal.
    std::int64_t renamed = 0;  ///< Of these: shown as another person.
};

struct WhatIfWish {
    MatchLimits limits;
    BucketId bucket;  ///< Empty: all.
    ItemId after;     ///< The last one that was looked at; empty: from the newest.
    std::size_t most_changes = 100;
    std::chrono::milliseconds most_time{2000};
};

/// Of the items after `after`, newest first, until that many changes were found or that time has passed.
struct WhatIfPage {
    WhatIfCounts counts;
    std::vector<ShownChange> changes;
    ItemId next;  ///< `after` of the next page; empty when all were looked at.
    std::int64_t gallery_version = 0;
};

/// One item at least is looked at, whatever it takes, and one is in memory at a time. kStopped.
[[nodiscard]] Result<WhatIfPage> AskWhatIf(
    Storage& storage, GalleryCache& known_people, const WhatIfWish& wish, const std::stop_token& stop = {}
);

}  // namespace notify
