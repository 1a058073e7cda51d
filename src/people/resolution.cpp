#include "people/resolution.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/person.hpp"
#include "domain/result.hpp"
#include "people/face_tracks.hpp"
#include "people/labels.hpp"
#include "people/naming.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/result_consumer.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// What was said of the item's faces, in this run or in earlier ones.
struct Said {
    std::vector<FaceTrack> judged;
    Verdicts verdicts;
};

/// A result that other items share is stored with its tracks.
Result<Said> ReadSaid(
    const Snapshot& snapshot, const ItemId& item, const ResultId& result, FaceTracks& tracks
) {
    auto judged = snapshot.people_edits.JudgedTracks(item);
    const auto stored = judged && !result.IsEmpty()
                            ? snapshot.people.TracksOf(result)
                            : Result<std::vector<FaceTrack>>(std::vector<FaceTrack>{});
    if (!judged || !stored) {
        return Unexpected(judged ? stored.error() : judged.error());
    }
    TakeStored(tracks, *stored);
    return snapshot.people_edits.VerdictsOf(AnchorsOf(tracks, *judged)).map([&](Verdicts verdicts) {
        return Said{.judged = std::move(*judged), .verdicts = std::move(verdicts)};
    });
}

}  // namespace

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
    const auto galleries = gallery_.Current();
    if (!galleries) {
        return Unexpected(galleries.error());
    }
    const auto& gallery = (*galleries)->Of(result.embedding_model);
    const auto said = storage_.Read([&](const Snapshot& snapshot) {
        return ReadSaid(snapshot, item.id, result.id, *tracks);
    });
    if (!said) {
        return Unexpected(said.error());
    }
    // shared: std::function must be copyable, and a result may have thousands of tracks
    auto labels =
        std::make_shared<const Labels>(MakeLabels(std::move(*tracks), gallery, said->verdicts, said->judged));
    return ConsumerWrites{
        .apply = [item_id = item.id,
                  found_by = FoundBy{.processor = result.processor, .config_hash = result.config_hash},
                  labels = std::move(labels)](
                     Transaction& transaction, const ResultId& result_id
                 ) -> Result<bool> {
            auto written = WriteLabels(transaction, item_id, result_id, *labels);
            if (!written || !*written) {
                return written;
            }
            return RemoveReplacedLabels(transaction, item_id, result_id, found_by).map([] { return true; });
        }
    };
}

}  // namespace notify
