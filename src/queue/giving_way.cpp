#include "queue/giving_way.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/checkpoint.hpp"

namespace notify {

namespace {

constexpr std::chrono::seconds kTurn(45);
constexpr std::chrono::minutes kMore(4);          // of what is short, if it waited for one in the same place
constexpr std::int64_t kFirstClaim = 1;           // the fence of a process that was not claimed before
constexpr std::chrono::seconds kTimeToLeave(15);  // then another is asked: some media has no place to leave

}  // namespace

void GivingWay::Begun(const Claim& job, bool in_place, Time now) {
    jobs_[job] = {.since = now, .in_place = in_place};
}

bool GivingWay::Plays(const Claim& job, std::int64_t media_ms, Time now) {
    const auto found = jobs_.find(job);
    if (found == jobs_.end() || media_ms < kLongMediaMs) {
        return false;
    }
    found->second.is_long = true;
    if (found->second.in_place) {
        found->second.asked_at = now;
    }
    return found->second.in_place;
}

GivingWay::Place GivingWay::Ended(const Claim& job, Time now) {
    const auto found = jobs_.extract(job);
    if (found.empty()) {
        return Place::kAnybodys;
    }
    const auto& ended = found.mapped();
    if (ended.asked_at && !ended.in_place) {
        for_short_until_ = now + kTurn;
    }
    if (ended.asked_at || (ended.in_place && now < for_short_until_)) {
        return Place::kOfWhatIsShort;
    }
    return ended.in_place && now < for_short_until_ + kMore ? Place::kOfWhatIsShortAndWaited
                                                            : Place::kAnybodys;
}

std::optional<GivingWay::Claim> GivingWay::Next(Time now) const {
    std::optional<Claim> next;
    Time since = Time::max();
    for (const auto& [claim, job] : jobs_) {
        if (job.asked_at && now - *job.asked_at < kTimeToLeave) {
            return std::nullopt;
        }
        const bool had_its_turn = claim.second == kFirstClaim || now - job.since >= kTurn;
        if (job.is_long && !job.asked_at && had_its_turn && job.since < since) {
            since = job.since;
            next = claim;
        }
    }
    return next;
}

std::vector<GivingWay::Claim> GivingWay::LongOnes() const {
    std::vector<Claim> claims;
    for (const auto& [claim, job] : jobs_) {
        if (job.is_long && !job.asked_at) {
            claims.push_back(claim);
        }
    }
    return claims;
}

void GivingWay::Asked(const Claim& job, Time now) {
    if (const auto found = jobs_.find(job); found != jobs_.end()) {
        found->second.asked_at = now;
    }
}

}  // namespace notify
