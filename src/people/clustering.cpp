#include "people/clustering.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"

namespace notify {

namespace {

constexpr int kMostRounds = 20;  // whispers are at rest after four or five; some never are
constexpr double kLeastPull = 0.02;

/// A waiting track with all that is known around it.
struct Waiting {
    ClusterTrack track;
    TrackBonds bonds;
    std::vector<ClusterTrack> near;
};

/// Tracks that go together because somebody said so; mostly one.
struct Unit {
    std::vector<const Waiting*> tracks;
    Embedding centre{};
    std::optional<PersonId> person;  ///< Somebody said so.
    std::set<PersonId> not_people;
    std::set<std::size_t> apart;          ///< Units.
    bool contradicts = false;             ///< What is said of it cannot all be so.
    std::map<std::size_t, double> units;  ///< Near ones, and how much they speak for it.
    std::map<PersonId, double> people;    ///< Likewise; only those it may join.
    std::optional<PersonId> shows;        ///< Its label: a person …
    std::size_t label = 0;                ///< … or else the unit that this one is with.
};

using Gathered = std::map<TrackId, Waiting>;

Gathered Gather(std::span<const ClusterTrack> fresh, const ClusterGround& ground, double reach) {
    Gathered gathered;
    std::deque<ClusterTrack> next(fresh.begin(), fresh.end());
    for (; !next.empty(); next.pop_front()) {
        const auto [at, is_new] = gathered.try_emplace(next.front().id);
        if (!is_new) {
            continue;
        }
        auto& waiting = at->second;
        waiting.track = next.front();
        waiting.bonds = ground.bonds(waiting.track.id);
        waiting.near = ground.near(waiting.track.face, reach);
        std::ranges::copy_if(waiting.near, std::back_inserter(next), [](const ClusterTrack& track) {
            return !track.person;
        });
        std::ranges::copy(waiting.bonds.together, std::back_inserter(next));
    }
    return gathered;
}

/// In an order that the tracks themselves give, best first, so that nothing depends on how they came.
std::vector<const Waiting*> Ordered(const Gathered& gathered) {
    std::vector<const Waiting*> order;
    for (const auto& [id, waiting] : gathered) {
        order.push_back(&waiting);
    }
    std::ranges::stable_sort(order, [](const Waiting* a, const Waiting* b) {
        return a->track.weight != b->track.weight ? a->track.weight > b->track.weight
                                                  : a->track.face < b->track.face;
    });
    return order;
}

class Whispers final {
public:
    Whispers(const Gathered& gathered, const ClusterGround& ground, const ClusterLimits& limits)
        : ground_(ground), limits_(limits) {
        MakeUnits(gathered);
        for (auto& unit : units_) {
            Bind(unit);
        }
        for (auto& unit : units_) {
            unit.contradicts = unit.contradicts || (unit.person && !IsFree(unit, unit));
        }
        for (auto& unit : units_) {
            if (unit.contradicts) {
                unit.shows = std::nullopt;
            }
        }
        for (std::size_t i = 0; i < units_.size(); ++i) {
            Listen(i);
        }
    }

    [[nodiscard]] Clustering Run() {
        for (int round = 0; round < kMostRounds && WhisperOnce(); ++round) {
        }
        return Placed();
    }

private:
    void MakeUnits(const Gathered& gathered) {
        for (const auto* waiting : Ordered(gathered)) {
            if (!unit_of_.contains(waiting->track.id)) {
                units_.emplace_back();
                AddWithBonds(gathered, waiting->track.id);
            }
        }
        for (std::size_t i = 0; i < units_.size(); ++i) {
            std::vector<WeighedEmbedding> faces;
            for (const auto* waiting : units_[i].tracks) {
                faces.push_back({.embedding = waiting->track.face, .weight = waiting->track.weight});
            }
            units_[i].centre = MeanOf(faces);
            units_[i].label = i;
        }
    }

    void AddWithBonds(const Gathered& gathered, const TrackId& first) {
        std::deque next{first};
        for (; !next.empty(); next.pop_front()) {
            if (unit_of_.try_emplace(next.front(), units_.size() - 1).second) {
                const auto& waiting = gathered.at(next.front());
                units_.back().tracks.push_back(&waiting);
                std::ranges::transform(waiting.bonds.together, std::back_inserter(next), &ClusterTrack::id);
            }
        }
    }

    /// What is said of its tracks is said of the unit.
    void Bind(Unit& unit) {
        for (const auto* waiting : unit.tracks) {
            const auto& bonds = waiting->bonds;
            unit.contradicts =
                unit.contradicts || (bonds.person && unit.person && *bonds.person != *unit.person);
            unit.person = bonds.person ? bonds.person : unit.person;
            unit.not_people.insert(bonds.not_people.begin(), bonds.not_people.end());
            for (const auto& other : bonds.apart) {
                if (const auto at = unit_of_.find(other); at != unit_of_.end()) {
                    unit.apart.insert(at->second);
                }
            }
        }
        unit.contradicts = unit.contradicts || unit.apart.contains(unit.label) ||
                           (unit.person && unit.not_people.contains(*unit.person));
        unit.shows = unit.person;
    }

    /// Finds who speaks for a unit that faces decide about.
    void Listen(std::size_t index) {
        auto& unit = units_[index];
        if (unit.person || unit.contradicts) {
            return;
        }
        for (const auto* waiting : unit.tracks) {
            for (const auto& near : waiting->near) {
                const double pull = near.weight * (limits_.reach + kLeastPull -
                                                   DistanceBetween(waiting->track.face, near.face));
                if (near.person) {
                    unit.people[*near.person] += pull;
                } else if (const auto other = unit_of_.at(near.id); other != index) {
                    unit.units[other] += pull;
                }
            }
        }
        std::erase_if(unit.people, [&](const auto& person) { return !MayJoin(unit, person.first); });
    }

    [[nodiscard]] bool MayJoin(const Unit& unit, const PersonId& person) {
        if (unit.not_people.contains(person)) {
            return false;
        }
        auto at = centres_.find(person);
        if (at == centres_.end()) {
            at = centres_.emplace(person, ground_.centre(person)).first;
        }
        return DistanceBetween(unit.centre, at->second) < limits_.join;
    }

    /// Whether nobody who is apart from the unit has that label now.
    [[nodiscard]] bool IsFree(const Unit& unit, const Unit& label) const {
        return std::ranges::none_of(unit.apart, [&](std::size_t other) {
            return HaveOneLabel(units_[other], label);
        });
    }

    [[nodiscard]] static bool HaveOneLabel(const Unit& a, const Unit& b) {
        return a.shows == b.shows && (a.shows || a.label == b.label);
    }

    bool WhisperOnce() {
        bool changed = false;
        for (auto& unit : units_) {
            if (!unit.person && !unit.contradicts) {
                changed = Take(unit) || changed;
            }
        }
        return changed;
    }

    /// Lets the unit take the label that those near it speak for most; whether it is another.
    bool Take(Unit& unit) {
        auto people = unit.people;
        std::map<std::size_t, double> labels;
        for (const auto& [index, pull] : unit.units) {
            const auto& other = units_[index];
            if (!other.shows) {
                labels[other.label] += pull;
            } else if (const auto at = people.find(*other.shows); at != people.end()) {
                at->second += pull;
            }
        }
        Unit best{.shows = unit.shows, .label = unit.label};
        double most = 0;
        const auto offer = [&](const Unit& label, double pull) {
            if (pull > most && IsFree(unit, label)) {
                most = pull;
                best = label;
            }
        };
        for (const auto& [person, pull] : people) {
            offer({.shows = person, .label = unit.label}, pull);
        }
        for (const auto& [label, pull] : labels) {
            offer({.shows = {}, .label = label}, pull);
        }
        const bool changed = !HaveOneLabel(best, unit);
        unit.shows = best.shows;
        unit.label = best.label;
        return changed;
    }

    [[nodiscard]] Clustering Placed() const {
        Clustering placed;
        std::map<std::size_t, std::vector<TrackId>> groups;
        for (const auto& unit : units_) {
            for (const auto* waiting : unit.tracks) {
                if (unit.shows) {
                    placed.joined.emplace(waiting->track.id, *unit.shows);
                } else if (!unit.contradicts) {
                    groups[unit.label].push_back(waiting->track.id);
                }
            }
        }
        for (auto& [label, tracks] : groups) {
            if (tracks.size() >= limits_.core) {
                std::ranges::sort(tracks);
                placed.cores.push_back(std::move(tracks));
            }
        }
        return placed;
    }

    const ClusterGround& ground_;
    const ClusterLimits& limits_;
    std::vector<Unit> units_;
    std::map<TrackId, std::size_t> unit_of_;
    std::map<PersonId, Embedding> centres_;
};

}  // namespace

Clustering ClusterTracks(
    std::span<const ClusterTrack> fresh, const ClusterGround& ground, const ClusterLimits& limits
) {
    const auto gathered = Gather(fresh, ground, limits.reach);
    return Whispers(gathered, ground, limits).Run();
}

}  // namespace notify
