#include "people/resolution.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/result.hpp"
#include "people/face_tracks.hpp"
#include "people/labels.hpp"
#include "storage/result_consumer.hpp"
#include "storage/storage.hpp"

namespace notify {

bool PeopleResolution::Wants(std::string_view result_kind) const {
    return result_kind == kFaceTracksKind;
}

Result<ConsumerWrites> PeopleResolution::Prepare(
    const Item& item,
    const StoredResult& result,
    const std::function<Result<std::string>(std::string_view)>& artifact
) {
    auto tracks = ReadFaceTracks(result.document);
    if (!tracks) {
        return Unexpected(tracks.error());
    }
    const auto embeddings = artifact("embeddings");
    if (!embeddings) {
        return Unexpected(embeddings.error());
    }
    if (auto added = AddEmbeddings(*tracks, *embeddings); !added) {
        return Unexpected(added.error());
    }
    const auto gallery = gallery_.Current();
    if (!gallery) {
        return Unexpected(gallery.error());
    }
    // shared: std::function must be copyable, and a result may have thousands of tracks
    auto labels = std::make_shared<const Labels>(MakeLabels(std::move(*tracks), **gallery));
    return ConsumerWrites{
        .apply = [item_id = item.id, labels = std::move(labels)](
                     Transaction& transaction, const ResultId& result_id
                 ) -> Result<bool> {
            auto written = WriteLabels(transaction, item_id, result_id, *labels);
            if (!written || !*written) {
                return written;
            }
            return RemoveReplacedLabels(transaction, item_id, result_id).map([] { return true; });
        }
    };
}

}  // namespace notify
