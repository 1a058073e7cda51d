#include "people/naming.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"

namespace notify {

namespace {

bool IsConfirmed(const std::optional<Match>& match) {
    return match && match->certainty == Certainty::kConfirmed;
}

/// The limits for a track that is judged apart from its link: everything a step stricter.
MatchLimits Stricter(const NamingLimits& limits) {
    MatchLimits strict = limits.match;
    strict.confirmed -= limits.alone;
    return strict;
}

/// What was said of the tracks of one link: of one face, as far as the processor can tell.
struct LinkVerdict {
    std::set<std::size_t> named;      ///< Whom its tracks were named as.
    std::set<std::size_t> not_these;  ///< Whom they were said not to be.
    std::set<std::size_t> found;      ///< Somebody without a name, whom the service itself found in them.
    bool nobody = false;
};

Match SaidToBe(std::size_t person, const TrackFacts& facts, const Gallery& gallery, bool by_user) {
    return {
        .person = person,
        .distance = DistanceTo(gallery.people[person], facts.Shots()),
        .threshold = 0,
        .margin = 0,
        .certainty = Certainty::kConfirmed,
        .by_user = by_user
    };
}

/// Names the tracks of one item.
class Namer {
public:
    Namer(
        std::span<const TrackFacts> tracks,
        const Gallery& gallery,
        const Verdicts& verdicts,
        const NamingLimits& limits
    )
        : tracks_(tracks), gallery_(gallery), verdicts_(verdicts), limits_(limits) {
        std::map<int, std::vector<WeighedEmbedding>> shots_of;
        for (const auto& facts : tracks_) {
            std::ranges::move(facts.Shots(), std::back_inserter(shots_of[facts.track.link]));
            Add(VerdictOn(facts), link_verdicts_[facts.track.link]);
        }
        for (auto& [link, rejected] : RejectedByLink(tracks_, gallery_, verdicts_)) {
            link_verdicts_[link].not_these = rejected;
        }
        for (const auto& [link, shots] : shots_of) {
            matches_[link] = MatchShots(shots, gallery_, limits_.match, link_verdicts_[link].not_these);
        }
    }

    [[nodiscard]] std::vector<std::optional<Match>> Names() const {
        std::vector<std::optional<Match>> names;
        for (const auto& facts : tracks_) {
            names.push_back(NameOf(facts));
        }
        PartThoseTogether(names);
        return names;
    }

private:
    [[nodiscard]] const TrackVerdict* VerdictOn(const TrackFacts& facts) const {
        const auto found = verdicts_.find(facts.track.anchor);
        return found != verdicts_.end() ? &found->second : nullptr;
    }

    void Add(const TrackVerdict* verdict, LinkVerdict& to) const {
        if (verdict == nullptr) {
            return;
        }
        to.nobody = to.nobody || verdict->nobody;
        if (const auto place = gallery_.PlaceOf(verdict->person); place) {
            (IsFound(*verdict, *place) ? to.found : to.named).insert(*place);
        }
    }

    /// Whether the verdict is the service's own, of somebody without a name: whoever is known comes first.
    [[nodiscard]] bool IsFound(const TrackVerdict& verdict, std::size_t place) const {
        return verdict.by_system && gallery_.people[place].name.empty();
    }

    [[nodiscard]] std::optional<Match> NameOf(const TrackFacts& facts) const {
        const auto* said = VerdictOn(facts);
        const auto place = said != nullptr ? gallery_.PlaceOf(said->person) : std::nullopt;
        const bool is_found = place && IsFound(*said, *place);
        if (place && !is_found) {
            return SaidToBe(*place, facts, gallery_, !said->by_system);
        }
        if (said != nullptr && said->nobody) {
            return std::nullopt;
        }
        const auto& of_link = link_verdicts_.at(facts.track.link);
        if (of_link.named.size() == 1 && !of_link.not_these.contains(*of_link.named.begin())) {
            return SaidToBe(*of_link.named.begin(), facts, gallery_, false);
        }
        if (of_link.nobody) {
            return std::nullopt;
        }
        auto known = ByFace(facts, of_link.not_these);
        if (IsConfirmed(known) || (!is_found && of_link.found.size() != 1)) {
            return known;
        }
        return SaidToBe(is_found ? *place : *of_link.found.begin(), facts, gallery_, false);
    }

    [[nodiscard]] std::optional<Match> ByFace(
        const TrackFacts& facts, const std::set<std::size_t>& not_these
    ) const {
        const auto shots = facts.Shots();
        if (shots.empty()) {
            return std::nullopt;
        }
        const auto& of_link = matches_.at(facts.track.link);
        auto own = MatchShots(shots, gallery_, Stricter(limits_), not_these);
        const bool own_is_strong = IsConfirmed(own) && shots.size() >= limits_.alone_shots;
        if (!of_link) {
            return own_is_strong ? own : std::nullopt;
        }
        if (own && own_is_strong && (own->person != of_link->person || !IsConfirmed(of_link))) {
            return own;
        }
        const double distance = DistanceTo(gallery_.people[of_link->person], shots);
        if (shots.size() >= limits_.alone_shots && distance > of_link->threshold + limits_.doubt) {
            return own;
        }
        return distance > limits_.contradiction ? std::nullopt : of_link;
    }

    [[nodiscard]] bool AreTogether(const TrackFacts& a, const TrackFacts& b) const {
        return std::min(a.track.end_ms, b.track.end_ms) - std::max(a.track.start_ms, b.track.start_ms) >=
               limits_.together_ms;
    }

    /// Of two with one name that are seen together the nearer one keeps it; a verdict is nearer than any.
    void PartThoseTogether(std::vector<std::optional<Match>>& names) const {
        const auto is_nearer = [](const Match& a, const Match& b) {
            return a.by_user != b.by_user ? a.by_user : a.distance < b.distance;
        };
        for (std::size_t i = 0; i < names.size(); ++i) {
            for (std::size_t j = i + 1; names[i] && j < names.size(); ++j) {
                const bool one_name = names[j] && names[i]->person == names[j]->person &&
                                      !(names[i]->by_user && names[j]->by_user);
                if (one_name && AreTogether(tracks_[i], tracks_[j])) {
                    (is_nearer(*names[j], *names[i]) ? names[i] : names[j]).reset();
                }
            }
        }
    }

    std::span<const TrackFacts> tracks_;
    const Gallery& gallery_;
    const Verdicts& verdicts_;
    const NamingLimits& limits_;
    std::map<int, LinkVerdict> link_verdicts_;
    std::map<int, std::optional<Match>> matches_;
};

}  // namespace

std::map<int, std::set<std::size_t>> RejectedByLink(
    std::span<const TrackFacts> tracks, const Gallery& gallery, const Verdicts& verdicts
) {
    std::map<int, std::set<std::size_t>> rejected;
    for (const auto& facts : tracks) {
        const auto said = verdicts.find(facts.track.anchor);
        if (said == verdicts.end()) {
            continue;
        }
        for (const auto& id : said->second.not_these) {
            if (const auto place = gallery.PlaceOf(id); place) {
                rejected[facts.track.link].insert(*place);
            }
        }
    }
    return rejected;
}

std::vector<std::optional<Match>> NameTracks(
    std::span<const TrackFacts> tracks,
    const Gallery& gallery,
    const Verdicts& verdicts,
    const NamingLimits& limits
) {
    return Namer(tracks, gallery, verdicts, limits).Names();
}

}  // namespace notify
