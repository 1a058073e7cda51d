#pragma once

// Gives face tracks their names when a result is committed.

#include "people/gallery.hpp"
#include "storage/result_consumer.hpp"

namespace notify {

/// Consumes "face_tracks": tracks and appearances are written with the result if the gallery it read still
/// stands; otherwise the queue resolves the result again. Thread-safe. `storage` outlives it.
class PeopleResolution final : public ResultConsumer {
public:
    explicit PeopleResolution(Storage& storage) : storage_(storage), gallery_(storage) {}

    [[nodiscard]] bool Wants(std::string_view result_kind) const override;

    [[nodiscard]] Result<ConsumerWrites> Prepare(
        const Item& item,
        const StoredResult& result,
        const std::function<Result<std::string>(std::string_view)>& artifact
    ) override;

private:
    Storage& storage_;
    GalleryCache gallery_;
};

}  // namespace notify
