#pragma once

// Short codes of embeddings, and the arithmetic on them in the instructions that this processor has.
// A code is a point of a grid in rotated space: 128 numbers of 0 … 127, the telling ones first. How it bounds
// distances from below: docs/adr/0012-face-index.md.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "domain/person.hpp"

namespace notify {

inline constexpr std::size_t kFaceDimensions = std::tuple_size_v<Embedding>;
inline constexpr std::size_t kFacesPerBlock = 16;
inline constexpr std::size_t kBlocksPerChunk = 256;
inline constexpr std::size_t kFacesPerChunk = kFacesPerBlock * kBlocksPerChunk;

using FaceCode = std::array<std::uint8_t, kFaceDimensions>;

/// A rotation: row i is what the i-th number of an embedding adds to the rotated 128.
struct alignas(64) FaceRotation {
    std::array<Embedding, kFaceDimensions> rows{};
};

/// The numbers `first` … `first + count` of the codes of a chunk lie together, 4 of 16 faces in a row: one
/// stage of a search reads nothing else.
struct CodeStage {
    std::size_t first = 0;
    std::size_t count = 0;

    /// Where the stage of a block begins among the codes of its chunk.
    [[nodiscard]] constexpr std::size_t At(std::size_t block) const noexcept {
        return first * kFacesPerChunk + block * count * kFacesPerBlock;
    }
};

inline constexpr std::array<CodeStage, 3> kCodeStages{
    CodeStage{.first = 0, .count = 32},
    CodeStage{.first = 32, .count = 16},
    CodeStage{.first = 48, .count = 80},
};

/// The codes of a chunk, by stage.
using ChunkCodes = std::array<std::uint8_t, kFacesPerChunk * kFaceDimensions>;

/// The blocks of a chunk that may hold a near face, with the squared distance of each face's code so far.
struct BlocksLeft {
    struct alignas(64) Sums {
        std::array<std::int32_t, kFacesPerBlock> of{};
    };

    std::array<Sums, kBlocksPerChunk> sums;
    std::array<std::uint16_t, kBlocksPerChunk> blocks{};
    std::size_t count = 0;
};

/// One way to do the arithmetic. All give the same results to the last bit.
struct FaceKernel {
    std::string_view name;

    /// Adds the squared distances of this stage and keeps the blocks in which a face is at most `limit` away.
    void (*narrow)(
        const ChunkCodes& codes,
        const CodeStage& stage,
        const FaceCode& query,
        std::int32_t limit,
        BlocksLeft& left
    );

    Embedding (*rotate)(const FaceRotation& rotation, const Embedding& embedding);
};

/// Those that this processor can run, the portable one first and the fastest last. Thread-safe.
[[nodiscard]] std::span<const FaceKernel> FaceKernels() noexcept;

}  // namespace notify
