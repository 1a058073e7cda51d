#pragma once

// The nearest among a million faces: exact, in memory alone. How: docs/adr/0012-face-index.md.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/face_basis.hpp"
#include "people/face_codes.hpp"
#include "people/slot_table.hpp"

namespace notify {

struct NearFace {
    std::uint64_t key = 0;
    double distance = 0;  ///< DistanceBetween the two: 0 … 2.

    friend bool operator==(const NearFace&, const NearFace&) = default;
};

/// kInvalidArgument, with what is wrong, unless it is 128 finite numbers of length 1 (to a thousandth).
[[nodiscard]] Result<void> CheckEmbedding(std::span<const float> embedding);

/// Embeddings by key. Const members may be called by many threads at once; Add and Remove need to be alone.
/// Takes at most 1.3 times the bytes of the embeddings from 100,000 faces on, never writes them anywhere, and
/// overwrites those that are removed.
class FaceIndex final {
public:
    explicit FaceIndex(const FaceKernel& kernel = FaceKernels().back());
    FaceIndex(const FaceIndex&) = delete;
    FaceIndex& operator=(const FaceIndex&) = delete;
    ~FaceIndex();

    /// The key has this embedding from now on. Errors as of CheckEmbedding; then nothing changed. Fits the
    /// codes anew at 1,024 faces and whenever there are four times as many: a second at a million.
    Result<void> Add(std::uint64_t key, std::span<const float> embedding);

    /// False when it is not there.
    bool Remove(std::uint64_t key);

    /// The `k` nearest that are at most `reach` away, nearest first; equally near ones by key. Exactly what a
    /// comparison with every face gives. Errors as of CheckEmbedding.
    [[nodiscard]] Result<std::vector<NearFace>> Nearest(
        std::span<const float> face, std::size_t k, double reach = 2
    ) const;

    /// How many are at most `reach` away. Errors as of CheckEmbedding.
    [[nodiscard]] Result<std::size_t> CountWithin(std::span<const float> face, double reach) const;

    [[nodiscard]] std::size_t Size() const noexcept { return size_; }

    /// All that it holds.
    [[nodiscard]] std::size_t MemoryBytes() const noexcept;

private:
    struct Chunk;

    [[nodiscard]] std::uint64_t KeyAt(std::uint32_t slot) const noexcept;
    [[nodiscard]] Embedding& EmbeddingAt(std::size_t slot) const noexcept;
    void Encode(std::size_t slot);
    void FitAnew();

    /// Calls `look(key, distance)` for those that may be within what it returned last, at first `reach`.
    template <class Look>
    void ForEachNear(const Embedding& face, double reach, const Look& look) const;

    FaceBasis basis_;
    const FaceKernel& kernel_;
    std::size_t fit_at_;  ///< Faces.
    std::size_t size_ = 0;
    std::vector<std::unique_ptr<Chunk>> chunks_;
    SlotTable slots_;
};

}  // namespace notify
