#include "http/routes/preview_tally.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/glob.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/done_mark.hpp"
#include "domain/rule.hpp"
#include "http/views_backlog.hpp"
#include "processors/kind.hpp"
#include "queue/backlog/first_contact.hpp"
#include "queue/sieve/filters.hpp"
#include "queue/sieve/name_types.hpp"
#include "queue/sieve/sequences.hpp"
#include "sources/source.hpp"
#include "storage/key_text.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostExtensions = 1000;  // that are told apart; what comes later is "…"
constexpr std::size_t kShownExtensions = 30;
constexpr std::size_t kLongestExtension = 10;
constexpr std::string_view kOthers = "…";
constexpr std::string_view kExcluded = "globs";
constexpr std::string_view kTooSmall = "min_bytes";
constexpr std::string_view kTooLarge = "max_bytes";
constexpr std::string_view kTooYoung = "min_age_seconds";
constexpr std::string_view kTooOld = "max_age_seconds";
constexpr std::string_view kMediaType = "media_types";
constexpr std::string_view kNotMedia = "not_media";
constexpr std::string_view kInSequence = "in_sequence";

/// In lower case and as people may see it; "" without one, or for what is too long to be one.
std::string ShownExtension(std::string_view key) {
    if (ExtensionOf(key).size() > kLongestExtension) {
        return "";
    }
    auto extension = KeyText(ExtensionOf(key));
    std::ranges::transform(extension, extension.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return extension;
}

/// True when one of the wanted types ("video/", "video/*", "image/jpeg") may be of that kind.
bool Wants(const std::vector<std::string>& types, std::string_view kind) {
    return types.empty() || kind.empty() ||
           std::ranges::any_of(types, [&](const std::string& type) { return type.starts_with(kind); });
}

/// "video/", "image/" or "audio/"; "" for a name that tells none of them: only the bytes could.
std::string_view KindByName(std::string_view key) {
    const auto types = TypesOfName(key);
    const auto type = types.empty() ? std::string_view() : types.back().media_type;  // pictures before sound
    for (const std::string_view kind : {"video/", "image/", "audio/"}) {
        if (type.starts_with(kind)) {
            return kind;
        }
    }
    return "";
}

}  // namespace

void PreviewTally::Sum::Take(const FoundObject& object) {
    ++objects;
    bytes += static_cast<std::int64_t>(object.size_bytes);
}

PreviewTally::PreviewTally(Bucket bucket, std::vector<Rule> rules, Timestamp now)
    : bucket_(std::move(bucket)), rules_(std::move(rules)), now_(now) {}

std::string_view PreviewTally::WhySkipped(const FoundObject& object) const {
    const auto& filters = bucket_.options.filters;
    const auto age = now_ - object.modified_at;
    if (!PassesGlobs(bucket_.include, bucket_.exclude, object.key)) {
        return kExcluded;
    }
    if (filters.min_bytes && object.size_bytes < *filters.min_bytes) {
        return kTooSmall;
    }
    if (filters.max_bytes && object.size_bytes > *filters.max_bytes) {
        return kTooLarge;
    }
    if (filters.min_age && age < *filters.min_age) {
        return kTooYoung;
    }
    if (filters.max_age && age > *filters.max_age) {
        return kTooOld;
    }
    if (Passes({.media_types = filters.media_types}, object, now_) == Passage::kLeftOut) {
        return kMediaType;
    }
    if (!object.skip_code.empty()) {
        return object.skip_code;
    }
    return bucket_.options.backlog.policy == BacklogPolicy::kIgnore &&
                   WasThereBefore(bucket_, object.modified_at, now_)
               ? kBeforeBaseline
               : "";
}

void PreviewTally::Add(const Sifted& sifted) {
    if (sifted.gathers != nullptr) {
        return;  // the store told of none such
    }
    const auto& object = sifted.object;
    all_.Take(object);
    auto extension = ShownExtension(object.key);
    if (extensions_.size() >= kMostExtensions && !extensions_.contains(extension)) {
        extension = kOthers;
    }
    extensions_[extension].Take(object);
    if (const auto why = sifted.gathered ? kInSequence : WhySkipped(object); !why.empty()) {
        skipped_[std::string(why)].Take(object);
        return;
    }
    const auto choices = Choose(rules_, object.key);
    if (choices.empty()) {
        skipped_[std::string(kNoRule)].Take(object);
        return;
    }
    const auto kind = KindByName(object.key);
    bool is_work = false;
    for (const auto& choice : choices) {
        const auto processor = FindProcessorKind(choice.processor);
        if (processor && Wants(choice.media_types, kind) && (kind.empty() || Accepts(**processor, kind))) {
            work_[choice.processor].Take(object);
            is_work = true;
        }
    }
    if (!is_work) {
        skipped_[std::string(kNotMedia)].Take(object);
    }
}

std::vector<view::PreviewWork> PreviewTally::Work() const {
    std::vector<view::PreviewWork> work;
    work.reserve(work_.size());
    for (const auto& [processor, sum] : work_) {
        work.push_back({.processor = processor, .objects = sum.objects, .bytes = sum.bytes});
    }
    return work;
}

std::string PreviewTally::SentenceOf(std::string_view code) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSentences{{
        {kExcluded, "the globs of the bucket leave them out: they become no items"},
        {kTooSmall, "smaller than the filter's min_bytes: they become no items"},
        {kTooLarge, "larger than the filter's max_bytes: they become no items"},
        {kTooYoung, "younger than the filter's min_age_seconds: they are looked at again later"},
        {kTooOld, "older than the filter's max_age_seconds: they become no items"},
        {kMediaType, "of another kind, by their names, than the filter's media_types: they become no items"},
        {kBeforeBaseline, "there already, and the backlog is to be ignored: Skipped"},
        {kInSequence, "frames of a sequence or files of a camera's card, of which each is one Skipped item"},
        {kNoRule, "no rule takes them: Skipped, until one does"},
        {kNotMedia, "by their names nothing that the chosen processors handle: Skipped when they are opened"},
    }};
    const auto* const found =
        std::ranges::find(kSentences, code, &std::pair<std::string_view, std::string_view>::first);
    return std::string(found != kSentences.end() ? found->second : "cannot be read: Skipped");
}

void PreviewTally::Show(view::BucketPreview& shown) const {
    shown.objects = all_.objects;
    shown.bytes = all_.bytes;
    for (const auto& [extension, sum] : extensions_) {
        shown.extensions.push_back({.extension = extension, .objects = sum.objects, .bytes = sum.bytes});
    }
    std::ranges::sort(shown.extensions, [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    while (shown.extensions.size() > kShownExtensions) {
        const auto last = shown.extensions.back();
        shown.extensions.pop_back();
        auto& others = shown.extensions.back();
        others = {
            .extension = std::string(kOthers),
            .objects = others.objects + last.objects,
            .bytes = others.bytes + last.bytes
        };
    }
    for (const auto& [code, sum] : skipped_) {
        shown.skipped.push_back(
            {.code = code, .objects = sum.objects, .bytes = sum.bytes, .sentence = SentenceOf(code)}
        );
    }
}

}  // namespace notify
