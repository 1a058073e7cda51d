#include "people/gallery_transfer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "domain/result.hpp"
#include "people/gallery_arrival.hpp"
#include "people/gallery_document.hpp"
#include "people/gallery_seal.hpp"
#include "storage/artifact_store.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One who is written down.
struct GalleryTransfer::Arrival {
    Arriving decided;
    PersonId person;
    std::vector<EnrolmentPhoto> photos;
    std::vector<PreparedArtifact> crops;  ///< Of those that have one.
};

namespace {

constexpr int kTries = 5;

ArtifactRef CropRef(std::string sha256) {
    return {.name = "crop", .media_type = "image/jpeg", .sha256 = std::move(sha256), .sealed = true};
}

/// Those of the wish, as they are read today; for none everybody who has a name.
Result<std::vector<Person>> PeopleOf(const Snapshot& snapshot, const GalleryWish& wish) {
    if (wish.people.empty()) {
        return snapshot.people.List().map([](std::vector<Person> people) {
            std::erase_if(people, [](const Person& person) {
                return !person.merged_into.IsEmpty() || person.name.empty();
            });
            return people;
        });
    }
    std::vector<Person> people;
    for (const auto& wanted : wish.people) {
        auto person = snapshot.people.Find(wanted);
        if (!person) {
            return Unexpected(person.error());
        }
        if (std::ranges::find(people, person->id, &Person::id) == people.end()) {
            people.push_back(std::move(*person));
        }
    }
    return people;
}

PeopleEdit EditOf(EditKind kind, const PersonId& person, std::string_view actor, Timestamp at) {
    PeopleEdit edit;
    edit.at = at;
    edit.actor = actor;
    edit.kind = kind;
    edit.person = person;
    return edit;
}

MoveOutcome OutcomeOf(const Arriving& arriving) {
    if (arriving.IsRefused()) {
        return MoveOutcome::kRefused;
    }
    if (arriving.here.IsEmpty()) {
        return MoveOutcome::kEnrolled;
    }
    return arriving.fresh.empty() && !arriving.takes_consent ? MoveOutcome::kUnchanged
                                                             : MoveOutcome::kExtended;
}

}  // namespace

std::string_view ToString(MoveOutcome outcome) noexcept {
    return kMoveOutcomeWords.at(static_cast<std::size_t>(outcome));
}

Result<MovedPerson> GalleryTransfer::Leaving(
    const Snapshot& snapshot, const Person& person, const GalleryWish& wish
) const {
    const auto photos = snapshot.people.PhotosOf(person.id);
    if (!photos) {
        return Unexpected(photos.error());
    }
    MovedPerson leaving{
        .name = person.name, .consent = person.consent, .hidden = person.hidden, .photos = {}
    };
    for (const auto& photo : *photos) {
        auto crop = wish.crops && !photo.crop_sha256.empty()
                        ? artifacts_.Read(snapshot, CropRef(photo.crop_sha256))
                        : Result<std::string>(std::string());
        if (!crop && crop.error().code != ErrorCode::kNotFound) {
            return Unexpected(crop.error());
        }
        leaving.photos.push_back(
            {.file_name = photo.file_name,
             .sha256 = photo.sha256,
             .model = photo.model,
             .embedding = photo.embedding,
             .box = photo.box,
             .quality = photo.quality,
             .crop = crop ? std::move(*crop) : std::string()}
        );
    }
    return leaving;
}

Result<std::vector<std::string>> GalleryTransfer::Read(
    const Snapshot& snapshot, const GalleryWish& wish
) const {
    const auto people = PeopleOf(snapshot, wish);
    if (!people) {
        return Unexpected(people.error());
    }
    std::vector<std::string> leaving;
    std::size_t bytes = 0;
    for (auto person = people->begin(); person != people->end() && bytes <= kMostGalleryBytes; ++person) {
        const auto moved = Leaving(snapshot, *person, wish);
        if (!moved) {
            return Unexpected(moved.error());
        }
        if (!moved->photos.empty() && !moved->name.empty()) {
            leaving.push_back(ToJson(*moved));
            bytes += leaving.back().size();
        } else if (!wish.people.empty()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "person {} has no {}", person->id.Value(), person->name.empty() ? "name" : "photo"
                )
            );
        }
    }
    return leaving.empty() ? Fail(ErrorCode::kNotFound, "nobody is enrolled")
                           : Result<std::vector<std::string>>(std::move(leaving));
}

Result<std::string> GalleryTransfer::Export(
    const GalleryWish& wish, std::string_view passphrase, std::string_view actor
) {
    if (const auto checked = CheckPassphrase(passphrase); !checked) {
        return Unexpected(checked.error());
    }
    const auto people = storage_.Read([&](const Snapshot& snapshot) { return Read(snapshot, wish); });
    if (!people) {
        return Unexpected(people.error());
    }
    auto file = SealGallery(ToGalleryDocument(*people), passphrase);
    const auto noted = file ? storage_.Write([&](Transaction& transaction) {
        return transaction.keys.AddAudit({
            .at = clock_.Now(),
            .actor = std::string(actor),
            .action = "people.export",
            .subject = "gallery",
            .detail = fmt::format("people: {}, crops: {}", people->size(), wish.crops ? "yes" : "no"),
        });
    })
                            : Unexpected(file.error());
    return noted ? std::move(file) : Unexpected(noted.error());
}

Result<void> GalleryTransfer::CheckModel(const std::vector<MovedPerson>& people) const {
    for (const auto& person : people) {
        for (const auto& photo : person.photos) {
            if (photo.model != model_) {
                return Fail(
                    ErrorCode::kUnsupported,
                    fmt::format(
                        "the gallery's faces were measured by model {:.12}, and this installation compares "
                        "by "
                        "model {:.12}: what two models measure cannot be compared; enrol the photos here",
                        photo.model,
                        model_
                    )
                );
            }
        }
    }
    return {};
}

/// Rows and crops of what is new. Nothing is stored yet but files of large crops, which are collected when
/// no row comes to name them.
Result<void> GalleryTransfer::MakePhotos(Arrival& arrival) const {
    for (const auto* photo : arrival.decided.fresh) {
        arrival.photos.push_back(
            {.id = PhotoId(MakeId("pho")),
             .person_id = arrival.person,
             .file_name = photo->file_name,
             .sha256 = photo->sha256,
             .embedding = photo->embedding,
             .model = photo->model,
             .box = photo->box,
             .quality = photo->quality,
             .crop_sha256 = {},
             .created_at = clock_.Now()}
        );
        if (photo->crop.empty()) {
            continue;
        }
        auto crop = artifacts_.Prepare(CropRef({}), photo->crop);
        if (!crop) {
            return Unexpected(crop.error());
        }
        arrival.photos.back().crop_sha256 = crop->ref.sha256;
        arrival.crops.push_back(std::move(*crop));
    }
    return {};
}

Result<void> GalleryTransfer::WriteDown(
    Transaction& transaction, const Arrival& arrival, std::string_view actor, MovedAnswer& answer
) const {
    const auto& moved = *arrival.decided.person;
    const bool is_new = arrival.decided.here.IsEmpty();
    std::vector<PeopleEdit> edits;
    Result<void> done;
    for (auto crop = arrival.crops.begin(); done && crop != arrival.crops.end(); ++crop) {
        done = crop->Commit(transaction);
    }
    auto enrol = EditOf(EditKind::kEnrol, arrival.person, actor, clock_.Now());
    enrol.name = is_new ? moved.name : std::string();
    for (auto photo = arrival.photos.begin(); done && photo != arrival.photos.end(); ++photo) {
        enrol.photos.push_back(photo->id);
        done = transaction.people.AddPhoto(*photo);
    }
    if (!enrol.photos.empty()) {
        edits.push_back(std::move(enrol));
    }
    if (arrival.decided.takes_consent) {
        auto consent = EditOf(EditKind::kConsent, arrival.person, actor, clock_.Now());
        consent.text = moved.consent;
        edits.push_back(std::move(consent));
    }
    if (is_new && moved.hidden) {
        edits.push_back(EditOf(EditKind::kHide, arrival.person, actor, clock_.Now()));
    }
    if (!done || edits.empty()) {
        return done;
    }
    const auto made = MakeEdits(transaction, std::move(edits));
    if (!made) {
        return Unexpected(made.error());
    }
    answer.edit = made->front().id;
    for (const auto& edit : *made) {
        done = done ? AuditEdit(transaction, edit) : done;
    }
    return done;
}

/// False when people have changed meanwhile.
Result<bool> GalleryTransfer::TryImport(
    const std::vector<MovedPerson>& people,
    std::string_view actor,
    bool again,
    std::vector<MovedAnswer>& answers
) {
    std::int64_t version = 0;
    const auto decided = storage_.Read([&](const Snapshot& snapshot) -> Result<std::vector<Arriving>> {
        auto here = ReadPeopleHere(snapshot, model_);
        if (!here) {
            return Unexpected(here.error());
        }
        version = here->gallery.version;
        std::vector<Arriving> all;
        for (const auto& person : people) {
            auto arriving = DecideArrival(snapshot, *here, person, again);
            if (!arriving) {
                return Unexpected(arriving.error());
            }
            all.push_back(std::move(*arriving));
        }
        return all;
    });
    if (!decided) {
        return Unexpected(decided.error());
    }
    std::vector<Arrival> arrivals;
    answers.clear();
    for (const auto& each : *decided) {
        const auto outcome = OutcomeOf(each);
        Arrival arrival{.decided = each, .person = each.here, .photos = {}, .crops = {}};
        if (outcome == MoveOutcome::kEnrolled) {
            arrival.person = PersonId(MakeId("per"));
        }
        if (auto made = MakePhotos(arrival); !made) {
            return Unexpected(made.error());
        }
        answers.push_back(
            {.name = each.person->name,
             .outcome = outcome,
             .person = arrival.person,
             .photos = arrival.photos.size(),
             .edit = {},
             .code = each.code,
             .sentence = each.sentence}
        );
        arrivals.push_back(std::move(arrival));
    }
    return storage_.Write([&](Transaction& transaction) -> Result<bool> {
        const auto held = transaction.people.HoldGalleryVersion();
        if (!held || *held != version) {
            return held.map([](std::int64_t) { return false; });
        }
        for (std::size_t i = 0; i < arrivals.size(); ++i) {
            answers[i].edit = {};
            if (auto written = WriteDown(transaction, arrivals[i], actor, answers[i]); !written) {
                return Unexpected(written.error());
            }
        }
        return transaction.keys
            .AddAudit({
                .at = clock_.Now(),
                .actor = std::string(actor),
                .action = "people.import",
                .subject = "gallery",
                .detail = fmt::format("people: {}", people.size()),
            })
            .map([] { return true; });
    });
}

Result<std::vector<MovedAnswer>> GalleryTransfer::Import(
    std::string_view file, std::string_view passphrase, std::string_view actor, bool again
) {
    const auto people = OpenGallery(file, passphrase).and_then([](const std::string& document) {
        return FromGalleryDocument(document).map_error([](const Error& error) {
            return error.Within("what the gallery says cannot be read");
        });
    });
    if (const auto checked = people ? CheckModel(*people) : Unexpected(people.error()); !checked) {
        return Unexpected(checked.error());
    }
    std::vector<MovedAnswer> answers;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        const auto imported = TryImport(*people, actor, again, answers);
        if (!imported) {
            return Unexpected(imported.error());
        }
        if (*imported) {
            return answers;
        }
    }
    return Fail(
        ErrorCode::kConflict, "people changed again and again while the gallery was imported: import it again"
    );
}

}  // namespace notify
