#include "queue/sieve/sieve.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "queue/sieve/filters.hpp"
#include "queue/sieve/gathering.hpp"
#include "queue/sieve/sequences.hpp"
#include "sources/source.hpp"

namespace notify {

Sieve::Sieve(const Bucket& bucket, Timestamp now, Sink sink, std::string_view start_after)
    : bucket_(bucket),
      now_(now),
      sink_(std::move(sink)),
      sequences_(
          [this](Sifted sifted) { return Pass(std::move(sifted)); }, bucket.options.sequences, start_after
      ) {}

Result<void> Sieve::Take(FoundObject object) {
    return sequences_.Take(std::move(object));
}

Result<void> Sieve::End() {
    return sequences_.End();
}

Result<void> Sieve::Pass(Sifted sifted) {
    counts_.many += sifted.gathers == nullptr ? 0 : 1;
    const bool taken = !sifted.gathered && !sifted.object.settles && IsTaken(sifted);
    return sink_(std::move(sifted.object), taken);
}

bool Sieve::IsTaken(const Sifted& sifted) {
    const auto& filters = bucket_.options.filters;
    const auto passage = Passes(filters, sifted.object, now_);
    if (passage == Passage::kLeftOut) {
        ++counts_.filtered;
        return false;
    }
    if (passage == Passage::kNotYet) {
        ++counts_.not_yet;
        // all of them with one look: a scan for each that comes of age would be a scan after the other
        const auto of_age = std::min(sifted.object.modified_at, now_) + *filters.min_age;
        last_of_age_ = std::max(last_of_age_.value_or(of_age), of_age);
        return false;
    }
    const auto complete_at =
        sifted.gathers == nullptr ? now_ : sifted.gathers->CompleteAt(bucket_.settle_time, now_);
    if (complete_at > now_) {
        ++counts_.not_yet;
        counts_.look_again_at = std::min(counts_.look_again_at.value_or(complete_at), complete_at);
    }
    return complete_at <= now_;
}

Sieve::Counts Sieve::Counted() const {
    auto counts = counts_;
    if (last_of_age_) {
        counts.look_again_at = std::min(counts.look_again_at.value_or(*last_of_age_), *last_of_age_);
    }
    return counts;
}

}  // namespace notify
