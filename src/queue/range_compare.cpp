#include "queue/range_compare.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/glob.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/rule.hpp"
#include "queue/intake.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_range.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kPage = 2000;  // known keys that are held at a time

/// Kinds of items that are made of many objects: their key is none that a listing tells.
constexpr std::array<std::string_view, 2> kOfMany{"image_sequence", "clip_folder"};

/// What there is to compare a range with.
struct Known {
    std::vector<Rule> rules;
    std::vector<Item> items;
    std::vector<std::string> own;
};

Result<Known> ReadKnown(Storage& storage, const BucketId& bucket, const KeyRange& range) {
    return storage.Read([&](const Snapshot& snapshot) -> Result<Known> {
        auto rules = snapshot.rules.OfBucket(bucket);
        auto items = snapshot.items.NewestBetween(bucket, range, kPage);
        auto own = snapshot.buckets.OwnObjectsBetween(bucket, range, kPage);
        if (!rules || !items || !own) {
            return Unexpected(!rules ? rules.error() : !items ? items.error() : own.error());
        }
        return Known{.rules = *std::move(rules), .items = *std::move(items), .own = *std::move(own)};
    });
}

/// Where the range ends: sooner than asked when a page of what is known does.
std::optional<std::string> EndOf(const Known& known, const KeyRange& range) {
    std::optional<std::string> end(range.through);
    const auto cut = [&](const std::string& key) { end = end ? std::min(*end, key) : key; };
    if (std::ssize(known.items) == kPage) {
        cut(known.items.back().key);
    }
    if (std::ssize(known.own) == kPage) {
        cut(known.own.back());
    }
    return end;
}

/// True when a listing that is in order tells the item's object as long as it is there.
bool WouldBeTold(const Bucket& bucket, const Item& item) {
    return !item.removed_at && PassesGlobs(bucket.include, bucket.exclude, item.key) &&
           std::ranges::find(kOfMany, item.reason_code) == kOfMany.end();
}

/// Walks through a sorted list beside another.
template <class T, class KeyOf>
class Beside final {
public:
    Beside(const std::vector<T>& rows, KeyOf key_of)
        : at_(rows.begin()), end_(rows.end()), key_of_(std::move(key_of)) {}

    /// The row with that key, or null; `passed` is told those before it.
    template <class Passed>
    const T* At(const std::string& key, const Passed& passed) {
        for (; at_ != end_ && std::invoke(key_of_, *at_) < key; ++at_) {
            passed(*at_);
        }
        return at_ != end_ && std::invoke(key_of_, *at_) == key ? &*at_++ : nullptr;
    }

    /// Those that are left, up to `through`.
    template <class Passed>
    void Rest(const std::optional<std::string>& through, const Passed& passed) {
        for (; at_ != end_ && (!through || std::invoke(key_of_, *at_) <= *through); ++at_) {
            passed(*at_);
        }
    }

private:
    std::vector<T>::const_iterator at_;
    std::vector<T>::const_iterator end_;
    KeyOf key_of_;
};

}  // namespace

Result<ComparedRange> CompareRange(
    Storage& storage, const Bucket& bucket, const KeyRange& range, std::span<Sighting> sightings
) {
    const auto known = ReadKnown(storage, bucket.id, range);
    if (!known) {
        return Unexpected(known.error());
    }
    ComparedRange compared{.through = EndOf(*known, range)};
    Beside items(known->items, &Item::key);
    Beside own(known->own, std::identity());
    const auto miss = [&](const Item& item) {
        if (WouldBeTold(bucket, item)) {
            compared.missing.push_back(item.id);
        }
    };
    const auto ignore = [](const std::string&) {};
    for (auto& [object, counts] : sightings) {
        if (compared.through && object.key > *compared.through) {
            break;
        }
        ++compared.sightings;
        const auto* newest = items.At(object.key, miss);
        const bool is_own = own.At(object.key, ignore) != nullptr;
        if (counts && !is_own && IsToTake(newest, object, known->rules)) {
            compared.wanted.push_back(std::move(object));
        }
    }
    items.Rest(compared.through, miss);
    return compared;
}

}  // namespace notify
