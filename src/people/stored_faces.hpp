#pragma once

// The faces of the database as the index reads them.

#include "people/indexed_faces.hpp"
#include "storage/storage.hpp"

namespace notify {

/// See FaceIndexFeed: a key is the number of a stored face (FaceRepository). Faces without an embedding are
/// not told of. `storage` outlives it.
class StoredFaces final : public FaceIndexFeed {
public:
    explicit StoredFaces(Storage& storage) : storage_(storage) {}

    [[nodiscard]] Result<std::int64_t> LastSequence() const override;
    [[nodiscard]] Result<std::int64_t> ReadAll(
        const std::function<void(std::span<const StoredFace>)>& take
    ) const override;
    [[nodiscard]] Result<std::vector<FaceChange>> ReadAfter(std::int64_t sequence) const override;

private:
    Storage& storage_;
};

}  // namespace notify
