#include "people/indexed_faces.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/face_index.hpp"

namespace notify {

Result<void> IndexedFaces::CatchUp() {
    const std::scoped_lock lock(news_);
    const auto last = feed_.LastSequence();
    if (!last) {
        return Unexpected(last.error());
    }
    if (index_ == nullptr || *last < sequence_) {  // never read, or another state was put in its place
        return ReadAll();
    }
    return *last > sequence_ ? ReadChanges(*last) : Result<void>();
}

Result<void> IndexedFaces::ReadAll() {
    {
        const std::scoped_lock alone(searches_);
        index_ = nullptr;  // two of a million faces would not fit the memory that one is given
    }
    auto fresh = std::make_unique<FaceIndex>();
    std::size_t left_out = 0;
    const auto sequence = feed_.ReadAll([&](std::span<const StoredFace> faces) {
        for (const auto& face : faces) {
            left_out += fresh->Add(face.key, face.embedding) ? 0U : 1U;
        }
    });
    if (!sequence) {
        return Unexpected(sequence.error());
    }
    const std::scoped_lock alone(searches_);
    index_ = std::move(fresh);
    sequence_ = *sequence;
    left_out_ = left_out;
    return {};
}

Result<void> IndexedFaces::ReadChanges(std::int64_t last) {
    while (sequence_ < last) {
        const auto changes = feed_.ReadAfter(sequence_);
        if (!changes && changes.error().code == ErrorCode::kNotFound) {
            return ReadAll();
        }
        if (!changes) {
            return Unexpected(changes.error());
        }
        if (changes->empty()) {
            return Fail(ErrorCode::kInternal, "the feed of faces told of changes that it does not have");
        }
        const std::scoped_lock alone(searches_);
        for (const auto& change : *changes) {
            Apply(change.key, change.embedding, *index_);
            sequence_ = change.sequence;
        }
    }
    return {};
}

void IndexedFaces::Apply(std::uint64_t key, const std::optional<Embedding>& embedding, FaceIndex& index) {
    if (embedding && index.Add(key, *embedding)) {
        return;
    }
    left_out_ += embedding ? 1U : 0U;
    index.Remove(key);
}

Result<std::vector<NearFace>> IndexedFaces::Nearest(
    std::span<const float> face, std::size_t k, double reach
) {
    if (auto current = CatchUp(); !current) {
        return Unexpected(current.error());
    }
    const std::shared_lock lock(searches_);
    return index_ != nullptr ? index_->Nearest(face, k, reach)
                             : Fail(ErrorCode::kUnavailable, "the faces are being read again; try again");
}

Result<std::size_t> IndexedFaces::CountWithin(std::span<const float> face, double reach) {
    if (auto current = CatchUp(); !current) {
        return Unexpected(current.error());
    }
    const std::shared_lock lock(searches_);
    return index_ != nullptr ? index_->CountWithin(face, reach)
                             : Fail(ErrorCode::kUnavailable, "the faces are being read again; try again");
}

std::size_t IndexedFaces::LeftOut() const {
    const std::shared_lock lock(searches_);
    return left_out_;
}

}  // namespace notify
