#include "people/gallery_transfer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
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
#include "people/gallery_departure.hpp"
#include "people/gallery_document.hpp"
#include "people/gallery_seal.hpp"
#include "storage/artifact_store.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Who asks, and how.
struct GalleryTransfer::Order {
    std::string_view actor;
    bool again = false;
    std::stop_token stop;

    [[nodiscard]] Result<void> GoOn() const {
        return stop.stop_requested()
                   ? Fail(ErrorCode::kStopped, "the import was stopped, and nothing of it is kept")
                   : Result<void>{};
    }
};

/// What is decided on all of a gallery.
struct GalleryTransfer::Decision {
    std::int64_t version = 0;  ///< Of the people whom it was compared with.
    std::vector<Arriving> people;
};

/// One who is written down.
struct GalleryTransfer::Arrival {
    Arriving decided;
    PersonId person;
    std::vector<EnrolmentPhoto> photos;
    std::vector<PreparedArtifact> crops;  ///< Of those that have one.
    MovedAnswer answer;
};

namespace {

constexpr int kTries = 5;

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

Result<std::string> GalleryTransfer::Export(
    const GalleryWish& wish, std::string_view passphrase, std::string_view actor
) {
    if (const auto checked = CheckPassphrase(passphrase); !checked) {
        return Unexpected(checked.error());
    }
    const auto people =
        storage_.Read([&](const Snapshot& snapshot) { return ReadDeparture(snapshot, artifacts_, wish); });
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
    Transaction& transaction, Arrival& arrival, std::string_view actor
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
    arrival.answer.edit = made->front().id;
    for (const auto& edit : *made) {
        done = done ? AuditEdit(transaction, edit) : done;
    }
    return done;
}

Result<GalleryTransfer::Decision> GalleryTransfer::Decide(
    const Snapshot& snapshot, const std::vector<MovedPerson>& people, const Order& order
) const {
    auto here = ReadPeopleHere(snapshot, model_);
    if (!here) {
        return Unexpected(here.error());
    }
    Decision decision{.version = here->gallery.version, .people = {}};
    for (const auto& person : people) {
        auto arriving =
            order.GoOn().and_then([&] { return DecideArrival(snapshot, *here, person, order.again); });
        if (!arriving) {
            return Unexpected(arriving.error());
        }
        decision.people.push_back(std::move(*arriving));
    }
    return decision;
}

Result<std::vector<GalleryTransfer::Arrival>> GalleryTransfer::Prepare(
    const Decision& decision, const Order& order
) const {
    std::vector<Arrival> arrivals;
    for (const auto& each : decision.people) {
        const auto outcome = OutcomeOf(each);
        Arrival arrival{.decided = each, .person = each.here, .photos = {}, .crops = {}, .answer = {}};
        if (outcome == MoveOutcome::kEnrolled) {
            arrival.person = PersonId(MakeId("per"));
        }
        if (auto made = order.GoOn().and_then([&] { return MakePhotos(arrival); }); !made) {
            return Unexpected(made.error());
        }
        arrival.answer = {
            .name = each.person->name,
            .outcome = outcome,
            .person = arrival.person,
            .photos = arrival.photos.size(),
            .edit = {},
            .code = each.code,
            .sentence = each.sentence
        };
        arrivals.push_back(std::move(arrival));
    }
    return arrivals;
}

/// Nothing when people have changed meanwhile.
Result<std::optional<std::vector<MovedAnswer>>> GalleryTransfer::TryImport(
    const std::vector<MovedPerson>& people, const Order& order
) {
    const auto decision =
        storage_.Read([&](const Snapshot& snapshot) { return Decide(snapshot, people, order); });
    auto arrivals = decision ? Prepare(*decision, order) : Unexpected(decision.error());
    if (!arrivals) {
        return Unexpected(arrivals.error());
    }
    using Answers = std::optional<std::vector<MovedAnswer>>;
    return storage_.Write([&](Transaction& transaction) -> Result<Answers> {
        const auto held = transaction.people.HoldGalleryVersion();
        if (!held || *held != decision->version) {
            return held.map([](std::int64_t) { return Answers(); });
        }
        std::vector<MovedAnswer> answers;
        for (auto& arrival : *arrivals) {
            arrival.answer.edit = {};
            const auto written =
                order.GoOn().and_then([&] { return WriteDown(transaction, arrival, order.actor); });
            if (!written) {
                return Unexpected(written.error());
            }
            answers.push_back(arrival.answer);
        }
        return transaction.keys
            .AddAudit({
                .at = clock_.Now(),
                .actor = std::string(order.actor),
                .action = "people.import",
                .subject = "gallery",
                .detail = fmt::format("people: {}", people.size()),
            })
            .map([&] { return Answers(std::move(answers)); });
    });
}

Result<std::vector<MovedAnswer>> GalleryTransfer::Import(
    std::string_view file,
    std::string_view passphrase,
    std::string_view actor,
    bool again,
    const std::stop_token& stop
) {
    const auto people = OpenGallery(file, passphrase).and_then([](const std::string& document) {
        return FromGalleryDocument(document).map_error([](const Error& error) {
            return error.Within("what the gallery says cannot be read");
        });
    });
    if (const auto checked = people ? CheckModel(*people) : Unexpected(people.error()); !checked) {
        return Unexpected(checked.error());
    }
    const Order order{.actor = actor, .again = again, .stop = stop};
    for (int attempt = 0; attempt < kTries; ++attempt) {
        auto answers = TryImport(*people, order);
        if (!answers) {
            return Unexpected(answers.error());
        }
        if (*answers) {
            return std::move(**answers);
        }
    }
    return Fail(
        ErrorCode::kConflict, "people changed again and again while the gallery was imported: import it again"
    );
}

}  // namespace notify
