#include "processors/facial_recognition/linking.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "inference/face_embedder.hpp"

namespace notify {

namespace {

constexpr float kNever = std::numeric_limits<float>::max();

struct Stretch {
    std::int64_t first;
    std::int64_t last;
};

/// Tracks taken for one face. For unit vectors the mean squared distance between two groups is
/// 2 − 2 · (sum · sum) / (count · count), so a group is its sum.
struct Group {
    FaceEmbedding sum{};
    float count = 0;
    std::vector<Stretch> seen;  ///< By `first`, not overlapping.
    std::vector<std::size_t> tracks;
    std::size_t nearest = 0;  ///< Among later groups.
    float distance = kNever;  ///< To it, squared.
};

Group GroupOf(const LinkTrack& track, std::size_t index) {
    Group group{.seen = {{.first = track.first_sample, .last = track.last_sample}}, .tracks = {index}};
    for (const auto& shot : track.shots) {
        std::ranges::transform(group.sum, shot, group.sum.begin(), std::plus<>());
        ++group.count;
    }
    return group;
}

bool AreSeenTogether(const Group& a, const Group& b) {
    for (std::size_t i = 0, j = 0; i < a.seen.size() && j < b.seen.size();) {
        if (a.seen[i].last < b.seen[j].first) {
            ++i;
        } else if (b.seen[j].last < a.seen[i].first) {
            ++j;
        } else {
            return true;
        }
    }
    return false;
}

/// Squared; kNever when they cannot be one face.
float Distance(const Group& a, const Group& b, const LinkLimits& limits) {
    if (!(a.count > 0) || !(b.count > 0)) {
        return kNever;
    }
    const float dot = std::inner_product(a.sum.begin(), a.sum.end(), b.sum.begin(), 0.0F);
    const float squared = std::max(0.0F, 2 - (2 * dot / (a.count * b.count)));
    const bool have_several = a.tracks.size() > 1 && b.tracks.size() > 1;
    const float most = have_several ? limits.same_link : limits.same_face;
    return squared > most * most || AreSeenTogether(a, b) ? kNever : squared;
}

void Join(Group& into, Group& from) {
    std::ranges::transform(into.sum, from.sum, into.sum.begin(), std::plus<>());
    into.count += from.count;
    into.seen.insert(into.seen.end(), from.seen.begin(), from.seen.end());
    std::ranges::sort(into.seen, {}, &Stretch::first);
    into.tracks.insert(into.tracks.end(), from.tracks.begin(), from.tracks.end());
    from = Group{};
}

void FindNearest(std::vector<Group>& groups, std::size_t at, const LinkLimits& limits) {
    auto& group = groups[at];
    group.distance = kNever;
    for (std::size_t other = at + 1; other < groups.size(); ++other) {
        if (const float distance = Distance(group, groups[other], limits); distance < group.distance) {
            group.distance = distance;
            group.nearest = other;
        }
    }
}

/// Joins the nearest two until none are near enough; joined groups are left empty.
void JoinNearest(std::vector<Group>& groups, const LinkLimits& limits) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
        FindNearest(groups, i, limits);
    }
    while (true) {
        const auto closest = std::ranges::min_element(groups, {}, &Group::distance);
        if (closest == groups.end() || closest->distance == kNever) {
            return;
        }
        const auto at = static_cast<std::size_t>(closest - groups.begin());
        const std::size_t gone = closest->nearest;
        Join(*closest, groups[gone]);
        FindNearest(groups, at, limits);
        for (std::size_t i = 0; i < groups.size(); ++i) {
            auto& group = groups[i];
            const bool lost_nearest =
                group.distance != kNever && (group.nearest == gone || group.nearest == at);
            if (i != at && lost_nearest) {
                FindNearest(groups, i, limits);
            } else if (i < at) {
                const float distance = Distance(group, *closest, limits);
                if (distance < group.distance) {
                    group.distance = distance;
                    group.nearest = at;
                }
            }
        }
    }
}

/// Lets a track that came too late for the exact part join the nearest group, or be one.
void JoinOrStand(std::vector<Group>& groups, Group group, const LinkLimits& limits) {
    float least = kNever;
    Group* nearest = nullptr;
    for (auto& other : groups) {
        if (const float distance = Distance(group, other, limits); distance < least) {
            least = distance;
            nearest = &other;
        }
    }
    if (nearest != nullptr) {
        Join(*nearest, group);
    } else {
        groups.push_back(std::move(group));
    }
}

/// Numbers groups by the first of their tracks.
std::vector<int> Numbered(const std::vector<Group>& groups, std::size_t count) {
    std::vector<std::size_t> group_of(count);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        for (const std::size_t track : groups[i].tracks) {
            group_of[track] = i;
        }
    }
    std::vector<int> number_of(groups.size());
    std::vector<int> links(count);
    int last = 0;
    for (std::size_t track = 0; track < count; ++track) {
        int& number = number_of[group_of[track]];
        number = number == 0 ? ++last : number;
        links[track] = number;
    }
    return links;
}

}  // namespace

std::vector<int> LinkTracks(std::span<const LinkTrack> tracks, const LinkLimits& limits) {
    std::vector<std::size_t> order(tracks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (tracks.size() > limits.exact_tracks) {
        std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
            return tracks[a].quality > tracks[b].quality;
        });
    }
    const std::size_t exact = std::min(order.size(), limits.exact_tracks);
    std::vector<Group> groups;
    groups.reserve(exact);
    for (std::size_t i = 0; i < exact; ++i) {
        groups.push_back(GroupOf(tracks[order[i]], order[i]));
    }
    JoinNearest(groups, limits);
    for (std::size_t i = exact; i < order.size(); ++i) {
        JoinOrStand(groups, GroupOf(tracks[order[i]], order[i]), limits);
    }
    return Numbered(groups, tracks.size());
}

}  // namespace notify
