#include "delivery/publishing/own_places.hpp"

#include <span>
#include <stop_token>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/publishing/formats.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Unexpected Occupied(const PublicationTarget& target) {
    return Fail(
        ErrorCode::kConflict,
        fmt::format(
            "{} is there already and was not written by this service; move it away to have the results there",
            ValidUtf8(target.key)
        )
    );
}

}  // namespace

Result<bool> OwnPlaces::Has(const PublicationTarget& target) const {
    return storage_.Read([&](const Snapshot& snapshot) {
        return target.place.empty()
                   ? snapshot.buckets.IsOwnObject(bucket_.id, target.key)
                   : snapshot.buckets.IsOwnResult(bucket_.source_id, target.place, target.key);
    });
}

/// By its beginning; false when nothing is there, or nothing in it.
Result<bool> OwnPlaces::WasOurs(const PublicationTarget& text, const std::stop_token& stop) const {
    const auto start = source_.StartOfPublished(bucket_, text, stop);
    if (!start) {
        return Unexpected(start.error().Within(ValidUtf8(text.key)));
    }
    if (!*start || (*start)->empty()) {
        return false;
    }
    return (*start)->starts_with(StartOf(text.format)) ? Result<bool>(true) : Occupied(text);
}

Result<void> OwnPlaces::CheckFree(const PublicationTarget& target, const std::stop_token& stop) const {
    const auto start = source_.StartOfPublished(bucket_, target, stop);
    if (!start) {
        return Unexpected(start.error().Within(ValidUtf8(target.key)));
    }
    return *start ? Occupied(target) : Result<void>{};
}

Result<void> OwnPlaces::Note(const std::vector<PublicationTarget>& targets) const {
    return storage_.Write([&](Transaction& transaction) {
        Result<void> noted;
        for (auto at = targets.begin(); noted && at != targets.end(); ++at) {
            const auto now = clock_.Now();
            noted = at->place.empty()
                        ? transaction.buckets.NoteOwnObject(bucket_.id, at->key, now)
                        : transaction.buckets.NoteOwnResult(bucket_.source_id, at->place, at->key, now);
        }
        return noted;
    });
}

Result<void> OwnPlaces::Take(
    const PublicationTarget& text, std::span<const PublicationTarget> pictures, const std::stop_token& stop
) const {
    const auto known = Has(text);
    const auto ours = known && !*known ? WasOurs(text, stop) : known;
    if (!ours) {
        return Unexpected(ours.error());
    }
    std::vector<PublicationTarget> fresh;
    for (const auto& picture : pictures) {
        const auto has = Has(picture);
        const auto free = has && !*has && !*ours ? CheckFree(picture, stop) : Result<void>{};
        if (!has || !free) {
            return Unexpected(!has ? has.error() : free.error());
        }
        if (!*has) {
            fresh.push_back(picture);
        }
    }
    if (!*known) {
        fresh.push_back(text);
    }
    return fresh.empty() ? Result<void>{} : Note(fresh);
}

}  // namespace notify
