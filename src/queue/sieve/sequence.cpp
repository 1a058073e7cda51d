#include "queue/sieve/sequence.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "queue/sieve/gathering.hpp"
#include "queue/sieve/numbered.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

// of the bytes of all. Measured over 100 neighbours: frames of films as JPEG and PNG 1 to 5 %, portraits that
// all have one size in pixels 12 to 16 %
constexpr double kAlike = 0.08;

std::uint64_t NumberOf(std::string_view digits) {
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace

Sequence::Sequence(const NumberedName& first, std::string resumes_after)
    : stem_(first.stem),
      extension_(first.extension),
      format_(first.format),
      digits_(first.digits.size()),
      resumes_after_(std::move(resumes_after)) {
    Spell();
}

void Sequence::Spell() {
    key_ = fmt::format("{}[{}].{}", stem_, std::string(digits_, '#'), extension_);
}

bool Sequence::Takes(const NumberedName& name) const {
    return name.stem == stem_ && name.extension == extension_;
}

void Sequence::Add(const NumberedName& name, const FoundObject& object) {
    if (name.digits.size() < digits_) {
        digits_ = name.digits.size();
        Spell();
    }
    const auto number = NumberOf(name.digits);
    const bool is_first = members_.count == 0;
    first_number_ = is_first ? number : std::min(first_number_, number);
    last_number_ = is_first ? number : std::max(last_number_, number);
    if (!is_first) {
        changes_ += std::max(object.size_bytes, last_bytes_) - std::min(object.size_bytes, last_bytes_);
    }
    last_bytes_ = object.size_bytes;
    members_.Add(object);
    if (state_ == State::kOpen && members_.count == kSequenceLength) {
        state_ = AreAlike() ? State::kSequence : State::kSingles;
    }
}

bool Sequence::AreAlike() const {
    return format_ == FrameFormat::kFilm ||
           static_cast<double>(changes_) <= kAlike * static_cast<double>(members_.bytes);
}

bool Sequence::IsPast(std::string_view key) const {
    return !key.starts_with(stem_) || (key.size() > stem_.size() && key[stem_.size()] > '9');
}

FoundObject Sequence::AsObject() const {
    return {
        .key = key_,
        .version = members_.Version(),
        .size_bytes = members_.bytes,
        .modified_at = members_.newest,
        .media_type = {},
        .skip_code = "image_sequence",
        .skip_reason = fmt::format(
            "{} numbered pictures, {} to {}, are one sequence, which no processor takes yet; to have each "
            "processed "
            "by itself, change the bucket with --no-sequences",
            members_.count,
            first_number_,
            last_number_
        ),
    };
}

}  // namespace notify
