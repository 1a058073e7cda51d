#include "people/clustering.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/distance.hpp"
#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Every track that there is, and what is said of them: the ground that a database is otherwise.
class Tracks final {
public:
    TrackId Add(
        const std::string& name, const Embedding& face, const std::optional<std::string>& person = {}
    ) {
        ClusterTrack track{.id = TrackId(name), .face = face};
        if (person) {
            track.person = PersonId(*person);
        }
        tracks_.emplace(track.id, track);
        return track.id;
    }

    void Together(const TrackId& a, const TrackId& b) { together_.emplace_back(a, b); }

    void Apart(const TrackId& a, const TrackId& b) { apart_.emplace_back(a, b); }

    void Is(const TrackId& track, const std::string& person) { is_.emplace(track, person); }

    void IsNot(const TrackId& track, const std::string& person) {
        is_not_.emplace_back(track, PersonId(person));
    }

    [[nodiscard]] Clustering Cluster(const std::vector<TrackId>& fresh) const {
        std::vector<ClusterTrack> tracks;
        std::ranges::transform(fresh, std::back_inserter(tracks), [&](const TrackId& id) {
            return tracks_.at(id);
        });
        return ClusterTracks(tracks, Ground());
    }

    /// Clusters and keeps what came of it.
    Clustering Place(const std::vector<TrackId>& fresh) {
        auto placed = Cluster(fresh);
        for (const auto& [track, person] : placed.joined) {
            tracks_.at(track).person = person;
        }
        for (const auto& core : placed.cores) {
            const PersonId person("per_" + std::to_string(++people_));
            for (const auto& track : core) {
                tracks_.at(track).person = person;
            }
        }
        return placed;
    }

    [[nodiscard]] std::optional<PersonId> PersonOf(const TrackId& track) const {
        return tracks_.at(track).person;
    }

    [[nodiscard]] const std::set<TrackId>& Asked() const { return asked_; }

private:
    [[nodiscard]] ClusterGround Ground() const {
        return {
            .near = [this](const Embedding& face, double distance) { return Near(face, distance); },
            .centre = [this](const PersonId& person) { return Centre(person); },
            .bonds = [this](const TrackId& track) { return Bonds(track); }
        };
    }

    [[nodiscard]] std::vector<ClusterTrack> Near(const Embedding& face, double distance) const {
        std::vector<ClusterTrack> near;
        for (const auto& [id, track] : tracks_) {
            if (DistanceBetween(face, track.face) < distance) {
                near.push_back(track);
            }
        }
        return near;
    }

    [[nodiscard]] Embedding Centre(const PersonId& person) const {
        std::vector<WeighedEmbedding> faces;
        for (const auto& [id, track] : tracks_) {
            if (track.person == person) {
                faces.push_back({.embedding = track.face});
            }
        }
        return MeanOf(faces);
    }

    [[nodiscard]] static std::vector<TrackId> Others(
        const std::vector<std::pair<TrackId, TrackId>>& pairs, const TrackId& track
    ) {
        std::vector<TrackId> others;
        for (const auto& [a, b] : pairs) {
            if (a == track || b == track) {
                others.push_back(a == track ? b : a);
            }
        }
        return others;
    }

    [[nodiscard]] TrackBonds Bonds(const TrackId& track) const {
        asked_.insert(track);
        TrackBonds bonds;
        for (const auto& other : Others(together_, track)) {
            if (const auto& person = tracks_.at(other).person) {
                bonds.person = person;
            } else {
                bonds.together.push_back(tracks_.at(other));
            }
        }
        for (const auto& other : Others(apart_, track)) {
            if (const auto& person = tracks_.at(other).person) {
                bonds.not_people.push_back(*person);
            } else {
                bonds.apart.push_back(other);
            }
        }
        for (const auto& [other, person] : is_not_) {
            if (other == track) {
                bonds.not_people.push_back(person);
            }
        }
        if (const auto at = is_.find(track); at != is_.end()) {
            bonds.person = PersonId(at->second);
        }
        return bonds;
    }

    std::map<TrackId, ClusterTrack> tracks_;
    std::vector<std::pair<TrackId, TrackId>> together_;
    std::vector<std::pair<TrackId, TrackId>> apart_;
    std::map<TrackId, std::string> is_;
    std::vector<std::pair<TrackId, PersonId>> is_not_;
    int people_ = 0;
    mutable std::set<TrackId> asked_;
};

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

/// Tracks `first` … of one face, each a little different.
std::vector<TrackId> AddSome(
    Tracks& tracks,
    const std::string& name,
    const Embedding& face,
    int count,
    const std::optional<std::string>& person = {}
) {
    std::vector<TrackId> added;
    for (int i = 0; i < count; ++i) {
        const auto towards = 60 + static_cast<std::size_t>(i);
        added.push_back(tracks.Add(name + std::to_string(i), FaceAt(face, 0.15, towards), person));
    }
    return added;
}

TEST(Clustering, ThreeTracksOfAFaceMakeAPersonAndTwoWait) {
    Tracks tracks;
    auto fresh = AddSome(tracks, "ada", kAda, 3);
    const auto ada = fresh;
    std::ranges::copy(AddSome(tracks, "bob", kBob, 2), std::back_inserter(fresh));
    const auto placed = tracks.Cluster(fresh);
    EXPECT_THAT(placed.cores, ElementsAre(ada));
    EXPECT_THAT(placed.joined, IsEmpty());
}

TEST(Clustering, WaitingTracksBecomeAPersonWhenTheThirdComes) {
    Tracks tracks;
    const auto ada = AddSome(tracks, "ada", kAda, 3);
    EXPECT_THAT(tracks.Cluster({ada[2]}).cores, ElementsAre(ada));
}

TEST(Clustering, ATrackJoinsThePersonItIsNearAndNobodyElse) {
    Tracks tracks;
    AddSome(tracks, "ada", kAda, 3, "per_ada");
    AddSome(tracks, "bob", kBob, 3, "per_bob");
    const auto near = tracks.Add("near", FaceAt(kAda, 0.2, 50));
    const auto far = tracks.Add("far", FaceAt(kAda, 0.4, 50));
    const auto placed = tracks.Cluster({near, far});
    ASSERT_EQ(placed.joined.size(), 1U);
    EXPECT_EQ(placed.joined.at(near), PersonId("per_ada"));
}

TEST(Clustering, ATrackNearOneFaceOfAPersonButFarFromTheirCentreWaits) {
    Tracks tracks;
    AddSome(tracks, "ada", kAda, 4, "per_ada");
    const auto odd = FaceAt(kAda, 0.3, 50);
    tracks.Add("odd", odd, "per_ada");
    const auto beyond = tracks.Add("beyond", FaceAt(odd, 0.25, 51));
    EXPECT_THAT(tracks.Cluster({beyond}).joined, IsEmpty());
}

TEST(Clustering, AChainOfNearFacesDoesNotJoinTwoPeopleWhoAreThere) {
    Tracks tracks;
    AddSome(tracks, "ada", kAda, 3, "per_ada");
    AddSome(tracks, "bob", kBob, 3, "per_bob");
    std::vector<TrackId> chain;
    for (int step = 1; step < 9; ++step) {
        const double distance = 1.41 * step / 9;
        chain.push_back(tracks.Add("step" + std::to_string(step), FaceAt(kAda, distance, 1)));
    }
    const auto placed = tracks.Place(chain);
    EXPECT_EQ(tracks.PersonOf(chain.front()), PersonId("per_ada"));
    EXPECT_EQ(tracks.PersonOf(chain.back()), PersonId("per_bob"));
    EXPECT_EQ(tracks.PersonOf(TrackId("ada0")), PersonId("per_ada"));
    EXPECT_EQ(tracks.PersonOf(TrackId("bob0")), PersonId("per_bob"));
    EXPECT_FALSE(placed.joined.contains(chain[4]));
}

TEST(Clustering, TracksThatAreTogetherGoToOnePersonHoweverTheyLook) {
    Tracks tracks;
    AddSome(tracks, "ada", kAda, 3, "per_ada");
    const auto like = tracks.Add("like", FaceAt(kAda, 0.1, 50));
    const auto unlike = tracks.Add("unlike", FaceAt(kAda, 0.3, 51));
    const auto said = tracks.Add("said", kBob);
    tracks.Together(like, unlike);
    tracks.Is(said, "per_ada");
    const auto placed = tracks.Cluster({unlike, said});
    EXPECT_EQ(placed.joined.size(), 3U);
    EXPECT_EQ(placed.joined.at(unlike), PersonId("per_ada"));
    EXPECT_EQ(placed.joined.at(said), PersonId("per_ada"));
}

TEST(Clustering, ATrackNeverJoinsAPersonItIsNot) {
    Tracks tracks;
    AddSome(tracks, "ada", kAda, 3, "per_ada");
    const auto twin = tracks.Add("twin", kAda);
    tracks.IsNot(twin, "per_ada");
    EXPECT_THAT(tracks.Cluster({twin}).joined, IsEmpty());
}

TEST(Clustering, TracksThatAreTogetherAndApartWait) {
    Tracks tracks;
    AddSome(tracks, "ada", kAda, 3, "per_ada");
    const auto a = tracks.Add("a", FaceAt(kAda, 0.1, 50));
    const auto b = tracks.Add("b", FaceAt(kAda, 0.1, 51));
    tracks.Together(a, b);
    tracks.Apart(a, b);
    EXPECT_THAT(tracks.Cluster({a, b}).joined, IsEmpty());
}

TEST(Clustering, TracksOfWhichContradictoryThingsAreSaidWait) {
    Tracks tracks;
    AddSome(tracks, "ada", kAda, 3, "per_ada");
    const auto c = tracks.Add("c", FaceAt(kAda, 0.1, 52));
    const auto d = tracks.Add("d", FaceAt(kAda, 0.1, 53));
    const auto e = tracks.Add("e", FaceAt(kAda, 0.1, 54));
    tracks.Is(c, "per_ada");
    tracks.IsNot(c, "per_ada");
    tracks.Is(d, "per_ada");
    tracks.Is(e, "per_ada");
    tracks.Apart(d, e);
    const auto placed = tracks.Cluster({c, d, e});
    EXPECT_THAT(placed.joined, IsEmpty());
    EXPECT_THAT(placed.cores, IsEmpty());
}

TEST(Clustering, LooksOnlyAtWhatCanBeReached) {
    Tracks tracks;
    AddSome(tracks, "bob", kBob, 2);
    AddSome(tracks, "ada", kAda, 5, "per_ada");
    const auto waiting = tracks.Add("waiting", FaceAt(kAda, 0.25, 80));
    const auto fresh = tracks.Add("fresh", FaceAt(kAda, 0.2, 80));
    static_cast<void>(tracks.Cluster({fresh}));
    EXPECT_THAT(tracks.Asked(), ElementsAre(fresh, waiting));
}

/// Few people whose faces overlap, so that faces alone would often break what is said.
struct World {
    Tracks tracks;
    std::vector<TrackId> all;
    std::vector<std::pair<TrackId, TrackId>> together;
    std::vector<std::pair<TrackId, TrackId>> apart;
};

World MakeWorld(std::mt19937& random) {
    World world;
    const auto below = [&](int end) { return std::uniform_int_distribution<int>(0, end - 1)(random); };
    for (int i = 0; i < 40; ++i) {
        const auto who = static_cast<std::size_t>(below(4));
        const auto middle = FaceAt(kAda, 0.1 + (0.1 * static_cast<double>(who)), 1 + who);
        const auto towards = static_cast<std::size_t>(20 + below(100));
        world.all.push_back(
            world.tracks.Add("t" + std::to_string(i), FaceAt(middle, 0.05 * (1 + below(5)), towards))
        );
    }
    // bonds that do not contradict each other: together within a third of the tracks, apart across thirds
    for (int i = 0; i < 12; ++i) {
        const auto a = static_cast<std::size_t>(below(40));
        const auto b = static_cast<std::size_t>(below(40));
        if (a == b) {
            continue;
        }
        const auto pair = std::pair(world.all[a], world.all[b]);
        if (a % 3 == b % 3) {
            world.tracks.Together(pair.first, pair.second);
            world.together.push_back(pair);
        } else {
            world.tracks.Apart(pair.first, pair.second);
            world.apart.push_back(pair);
        }
    }
    return world;
}

TEST(Clustering, WhatIsSaidIsNeverBrokenWhateverTheOrder) {
    std::size_t placed = 0;
    for (unsigned int seed = 1; seed <= 60; ++seed) {
        std::mt19937 random(seed);
        auto world = MakeWorld(random);
        auto order = world.all;
        std::ranges::shuffle(order, random);
        std::map<TrackId, PersonId> before;
        while (!order.empty()) {
            const auto some = std::min<std::size_t>(order.size(), 1 + (random() % 9));
            const std::vector<TrackId> fresh(order.end() - static_cast<std::ptrdiff_t>(some), order.end());
            order.resize(order.size() - some);
            std::vector<TrackId> without;
            std::ranges::copy_if(fresh, std::back_inserter(without), [&](const TrackId& id) {
                return !world.tracks.PersonOf(id);
            });
            world.tracks.Place(without);
            for (const auto& [track, person] : before) {
                ASSERT_EQ(world.tracks.PersonOf(track), person) << "seed " << seed << ": lost its person";
            }
            for (const auto& id : world.all) {
                if (const auto person = world.tracks.PersonOf(id)) {
                    before.emplace(id, *person);
                }
            }
        }
        placed += before.size();
        for (const auto& [a, b] : world.together) {
            ASSERT_EQ(world.tracks.PersonOf(a), world.tracks.PersonOf(b)) << "seed " << seed;
        }
        for (const auto& [a, b] : world.apart) {
            const auto person = world.tracks.PersonOf(a);
            ASSERT_TRUE(!person || person != world.tracks.PersonOf(b)) << "seed " << seed;
        }
    }
    EXPECT_GT(placed, 1200U);  // otherwise nothing was tried
}

TEST(Clustering, TheOrderOfOneCallsTracksDoesNotMatter) {
    for (unsigned int seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        const auto world = MakeWorld(random);
        auto order = world.all;
        const auto expected = world.tracks.Cluster(order).cores;
        std::ranges::shuffle(order, random);
        const auto found = world.tracks.Cluster(order).cores;
        EXPECT_EQ(found, expected) << "seed " << seed;
        EXPECT_FALSE(found.empty()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace notify::testing
