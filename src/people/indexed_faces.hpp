#pragma once

// The faces of the database in an index that is never behind it: nothing is written, so nothing can differ
// after a crash.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/face_index.hpp"

namespace notify {

struct StoredFace {
    std::uint64_t key = 0;
    Embedding embedding{};
};

/// One committed change of a stored face.
struct FaceChange {
    std::int64_t sequence = 0;
    std::uint64_t key = 0;
    std::optional<Embedding> embedding;  ///< Nothing when the face was removed.
};

/// What the database tells of its faces. Sequences are given in the order in which transactions commit (one
/// writes at a time, docs/adr/0006), so that who has read up to one misses nothing before it. Thread-safe.
class FaceIndexFeed {
public:
    FaceIndexFeed() = default;
    FaceIndexFeed(const FaceIndexFeed&) = delete;
    FaceIndexFeed& operator=(const FaceIndexFeed&) = delete;
    virtual ~FaceIndexFeed() = default;

    /// The sequence of the last committed change, 0 before the first. It is asked before each search.
    [[nodiscard]] virtual Result<std::int64_t> LastSequence() const = 0;

    /// Hands over all faces of one snapshot, some at a time, and returns that snapshot's last sequence.
    [[nodiscard]] virtual Result<std::int64_t> ReadAll(
        const std::function<void(std::span<const StoredFace>)>& take
    ) const = 0;

    /// The first changes after `sequence`, in order, at most as many as suit the feed; empty when there are
    /// none. kNotFound when changes after it are not kept any more: all must be read again.
    [[nodiscard]] virtual Result<std::vector<FaceChange>> ReadAfter(std::int64_t sequence) const = 0;
};

/// Searches see every change that was committed before they began. Thread-safe: searches go on side by side,
/// a change waits for those that run and is done before those that come. `feed` outlives it. Errors are those
/// of CheckEmbedding and of the feed; after a feed's the next search goes on from where the index stands.
class IndexedFaces final {
public:
    explicit IndexedFaces(const FaceIndexFeed& feed) : feed_(feed) {}

    /// Reads what is new; all of it the first time. Searches do it by themselves.
    Result<void> CatchUp();

    [[nodiscard]] Result<std::vector<NearFace>> Nearest(
        std::span<const float> face, std::size_t k, double reach = 2
    );
    [[nodiscard]] Result<std::size_t> CountWithin(std::span<const float> face, double reach);

    /// Stored faces that are left out because they are no embeddings (CheckEmbedding), since all were read.
    [[nodiscard]] std::size_t LeftOut() const;

private:
    Result<void> ReadAll();
    Result<void> ReadChanges(std::int64_t last);
    void Apply(std::uint64_t key, const std::optional<Embedding>& embedding, FaceIndex& index);

    const FaceIndexFeed& feed_;
    std::mutex
        news_;  ///< Who holds it reads what is new; whoever comes waits, so that readers starve nobody.
    mutable std::shared_mutex searches_;
    std::unique_ptr<FaceIndex> index_;  ///< Nothing until all was read.
    std::int64_t sequence_ = 0;         ///< Of the last change in the index. Under news_.
    std::size_t left_out_ = 0;
};

}  // namespace notify
