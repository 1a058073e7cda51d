#include "people/face_index.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/face_basis.hpp"
#include "people/face_codes.hpp"

namespace notify {

namespace {

constexpr std::size_t kFirstFit = 1024;
constexpr std::size_t kFitAgainAfter = 4;
constexpr std::size_t kSample = 4096;
constexpr std::size_t kPerRow = 4;

/// Where a number of a face's code stands among the codes of its chunk.
std::size_t PlaceOf(const CodeStage& stage, std::size_t face, std::size_t number) {
    const std::size_t within = number - stage.first;
    return stage.At(face / kFacesPerBlock) + within / kPerRow * kPerRow * kFacesPerBlock +
           face % kFacesPerBlock * kPerRow + within % kPerRow;
}

void PutCode(ChunkCodes& codes, std::size_t face, const FaceCode& code) {
    for (const auto& stage : kCodeStages) {
        for (std::size_t number = stage.first; number < stage.first + stage.count; ++number) {
            codes[PlaceOf(stage, face, number)] = code[number];
        }
    }
}

bool NearerFirst(const NearFace& a, const NearFace& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.key < b.key;
}

Result<Embedding> EmbeddingOf(std::span<const float> numbers) {
    if (auto checked = CheckEmbedding(numbers); !checked) {
        return Unexpected(checked.error());
    }
    Embedding embedding;
    std::ranges::copy(numbers, embedding.begin());
    return embedding;
}

/// A face of the chunk whose code is near.
struct Candidate {
    std::int32_t squares = 0;  ///< How far the codes are apart.
    std::size_t face = 0;
};

/// What the last stage left, the most promising first.
std::vector<Candidate> CandidatesOf(const BlocksLeft& left, std::int32_t limit, std::size_t faces) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < left.count; ++i) {
        for (std::size_t lane = 0; lane < kFacesPerBlock; ++lane) {
            const std::size_t face = std::size_t{left.blocks[i]} * kFacesPerBlock + lane;
            if (left.sums[i].of[lane] <= limit && face < faces) {
                candidates.push_back({.squares = left.sums[i].of[lane], .face = face});
            }
        }
    }
    std::ranges::sort(candidates, {}, &Candidate::squares);
    return candidates;
}

}  // namespace

struct alignas(64) FaceIndex::Chunk {
    alignas(64) ChunkCodes codes{};
    std::array<Embedding, kFacesPerChunk> embeddings{};
    std::array<std::uint64_t, kFacesPerChunk> keys{};
};

Result<void> CheckEmbedding(std::span<const float> embedding) {
    if (embedding.size() != kFaceDimensions) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("an embedding has {} numbers, not {}", kFaceDimensions, embedding.size())
        );
    }
    double squares = 0;
    for (const float value : embedding) {
        squares += double{value} * double{value};
    }
    if (!std::isfinite(squares)) {
        return Fail(ErrorCode::kInvalidArgument, "an embedding has a number that is not finite");
    }
    if (std::abs(std::sqrt(squares) - 1) > 0.001) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("an embedding has length 1, not {:.3g}", std::sqrt(squares))
        );
    }
    return {};
}

FaceIndex::FaceIndex(const FaceKernel& kernel) : kernel_(kernel), fit_at_(kFirstFit) {}

FaceIndex::~FaceIndex() {
    for (const auto& chunk : chunks_) {
        OPENSSL_cleanse(chunk.get(), sizeof(Chunk));
    }
}

std::uint64_t FaceIndex::KeyAt(std::uint32_t slot) const noexcept {
    return chunks_[slot / kFacesPerChunk]->keys[slot % kFacesPerChunk];
}

Embedding& FaceIndex::EmbeddingAt(std::size_t slot) const noexcept {
    return chunks_[slot / kFacesPerChunk]->embeddings[slot % kFacesPerChunk];
}

void FaceIndex::Encode(std::size_t slot) {
    PutCode(
        chunks_[slot / kFacesPerChunk]->codes,
        slot % kFacesPerChunk,
        basis_.CodeOf(kernel_, EmbeddingAt(slot))
    );
}

void FaceIndex::FitAnew() {
    std::vector<Embedding> sample(std::min(size_, kSample));
    for (std::size_t i = 0; i < sample.size(); ++i) {
        sample[i] = EmbeddingAt(i * size_ / sample.size());
    }
    basis_ = FaceBasis::Fitted(sample);
    OPENSSL_cleanse(sample.data(), sample.size() * sizeof(Embedding));
    for (std::size_t slot = 0; slot < size_; ++slot) {
        Encode(slot);
    }
    fit_at_ = size_ * kFitAgainAfter;
}

Result<void> FaceIndex::Add(std::uint64_t key, std::span<const float> embedding) {
    const auto checked = EmbeddingOf(embedding);
    if (!checked) {
        return Unexpected(checked.error());
    }
    const auto key_of = [this](std::uint32_t at) { return KeyAt(at); };
    const auto known = slots_.Find(key, key_of);
    const std::size_t slot = known.value_or(static_cast<std::uint32_t>(size_));
    if (!known) {
        if (size_ == chunks_.size() * kFacesPerChunk) {
            chunks_.push_back(std::make_unique<Chunk>());
        }
        chunks_[slot / kFacesPerChunk]->keys[slot % kFacesPerChunk] = key;
        slots_.Put(key, static_cast<std::uint32_t>(slot), key_of);
        ++size_;
    }
    EmbeddingAt(slot) = *checked;
    Encode(slot);
    if (size_ >= fit_at_) {
        FitAnew();
    }
    return {};
}

bool FaceIndex::Remove(std::uint64_t key) {
    const auto key_of = [this](std::uint32_t at) { return KeyAt(at); };
    const auto slot = slots_.Find(key, key_of);
    if (!slot) {
        return false;
    }
    slots_.Remove(key, key_of);
    const auto last = static_cast<std::uint32_t>(size_ - 1);
    auto& chunk = *chunks_.back();
    if (*slot != last) {
        EmbeddingAt(*slot) = EmbeddingAt(last);
        chunks_[*slot / kFacesPerChunk]->keys[*slot % kFacesPerChunk] = KeyAt(last);
        slots_.Put(KeyAt(last), *slot, key_of);
        Encode(*slot);
    }
    OPENSSL_cleanse(&EmbeddingAt(last), sizeof(Embedding));
    PutCode(chunk.codes, last % kFacesPerChunk, FaceCode{});
    size_ = last;
    if (size_ % kFacesPerChunk == 0) {
        chunks_.pop_back();
    }
    return true;
}

template <class Look>
void FaceIndex::ForEachNear(const Embedding& face, double reach, const Look& look) const {
    const auto query = basis_.QueryOf(kernel_, face);
    const auto left = std::make_unique<BlocksLeft>();
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
        const auto& chunk = *chunks_[i];
        const std::size_t faces = std::min(kFacesPerChunk, size_ - i * kFacesPerChunk);
        left->count = (faces + kFacesPerBlock - 1) / kFacesPerBlock;
        for (std::size_t block = 0; block < left->count; ++block) {
            left->blocks[block] = static_cast<std::uint16_t>(block);
            left->sums[block] = {};
        }
        for (std::size_t stage = 0; stage < kCodeStages.size() && left->count > 0; ++stage) {
            kernel_.narrow(chunk.codes, kCodeStages[stage], query.code, query.Limit(stage, reach), *left);
        }
        const std::size_t last = kCodeStages.size() - 1;
        for (const auto& candidate : CandidatesOf(*left, query.Limit(last, reach), faces)) {
            if (candidate.squares > query.Limit(last, reach)) {
                break;
            }
            reach = look(chunk.keys[candidate.face], DistanceBetween(face, chunk.embeddings[candidate.face]));
        }
    }
}

Result<std::vector<NearFace>> FaceIndex::Nearest(
    std::span<const float> face, std::size_t k, double reach
) const {
    const auto checked = EmbeddingOf(face);
    if (!checked) {
        return Unexpected(checked.error());
    }
    std::vector<NearFace> nearest;  // a heap, the farthest on top
    if (k == 0) {
        return nearest;
    }
    ForEachNear(*checked, reach, [&](std::uint64_t key, double distance) {
        const NearFace found{.key = key, .distance = distance};
        if (distance <= reach && (nearest.size() < k || NearerFirst(found, nearest.front()))) {
            if (nearest.size() == k) {
                std::ranges::pop_heap(nearest, NearerFirst);
                nearest.pop_back();
            }
            nearest.push_back(found);
            std::ranges::push_heap(nearest, NearerFirst);
        }
        return nearest.size() < k ? reach : nearest.front().distance;
    });
    std::ranges::sort_heap(nearest, NearerFirst);
    return nearest;
}

Result<std::size_t> FaceIndex::CountWithin(std::span<const float> face, double reach) const {
    const auto checked = EmbeddingOf(face);
    if (!checked) {
        return Unexpected(checked.error());
    }
    std::size_t count = 0;
    ForEachNear(*checked, reach, [&](std::uint64_t, double distance) {
        count += distance <= reach ? 1 : 0;
        return reach;
    });
    return count;
}

std::size_t FaceIndex::MemoryBytes() const noexcept {
    return sizeof(*this) + chunks_.size() * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]) +
           slots_.Bytes();
}

}  // namespace notify
