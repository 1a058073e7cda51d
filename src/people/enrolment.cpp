#include "people/enrolment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/enrolment_rules.hpp"
#include "people/gallery.hpp"
#include "people/person_edits.hpp"
#include "storage/artifact_store.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// All that one try writes.
struct Enrolment::Ready {
    Person person;
    bool is_new = false;
    std::int64_t gallery_version = 0;
    std::vector<EnrolmentPhoto> photos;
    std::vector<PreparedArtifact> crops;
    EnrolmentDecision decision;
    EnrolmentAnswer answer;
};

namespace {

constexpr int kTries = 5;
constexpr std::string_view kAuditedAs = "person.enrol";

/// "1 of 4 photos accepted; refused: 2 no_face, 1 too_small".
std::string WhatBecameOf(const std::vector<PhotoAnswer>& answers) {
    std::map<std::string_view, int> refused;
    std::size_t accepted = 0;
    for (const auto& answer : answers) {
        if (answer.accepted) {
            ++accepted;
        } else {
            ++refused[answer.reason];
        }
    }
    auto told = fmt::format("{} of {} photos accepted", accepted, answers.size());
    for (const auto& [reason, photos] : refused) {
        told += fmt::format("{} {} {}", told.ends_with("accepted") ? "; refused:" : ",", photos, reason);
    }
    return told;
}

/// Whether the photo itself is at fault, or whoever looks at it. A photo that its child dies of must not keep
/// others from being accepted.
bool IsOfThePhoto(const Error& error) {
    const bool ended_its_child =
        error.code == ErrorCode::kInternal && error.stage == "child" && !error.reason.empty();
    return ended_its_child || error.code == ErrorCode::kUnsupported ||
           error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kTooLarge;
}

struct Known {
    std::optional<Person> person;
    std::vector<EnrolmentPhoto> photos;
    Gallery gallery;
};

Result<Known> ReadKnown(const Snapshot& snapshot, const std::string& name, std::string_view model) {
    auto gallery = ReadGallery(snapshot, model);
    if (!gallery) {
        return Unexpected(gallery.error());
    }
    Known known{.person = {}, .photos = {}, .gallery = std::move(*gallery)};
    auto person = snapshot.people.Find(name);
    if (!person) {
        return person.error().code == ErrorCode::kNotFound ? Result<Known>(std::move(known))
                                                           : Unexpected(person.error());
    }
    known.person = std::move(*person);
    return snapshot.people.PhotosOf(known.person->id).map([&](std::vector<EnrolmentPhoto> photos) {
        known.photos = std::move(photos);
        return std::move(known);
    });
}

EnrolmentContext ContextOf(const Person& person, const Known& known, std::string_view model) {
    EnrolmentContext context{
        .name = person.name, .sha256 = {}, .photos = {}, .person_id = person.id, .gallery = known.gallery
    };
    for (const auto& photo : known.photos) {
        context.sha256.push_back(photo.sha256);
        if (IsEmbedding(photo.embedding) && photo.model == model) {
            context.photos.push_back(photo.embedding);
        }
    }
    return context;
}

}  // namespace

Result<std::vector<Candidate>> Enrolment::LookAt(std::span<const NewPhoto> photos) const {
    std::vector<Candidate> candidates;
    for (const auto& photo : photos) {
        auto faces = reader_(photo.bytes);
        if (!faces && !IsOfThePhoto(faces.error())) {
            return Unexpected(faces.error().Within(fmt::format("look at {}", photo.file_name)));
        }
        candidates.push_back(
            {.file_name = photo.file_name,
             .sha256 = Sha256Hex(photo.bytes),
             .point = photo.face,
             .faces = std::move(faces)}
        );
    }
    return candidates;
}

Result<void> Enrolment::CheckErased(std::string_view name, std::span<const Candidate> candidates) {
    return storage_.Read([&](const Snapshot& snapshot) -> Result<void> {
        std::vector<std::string> known_by;
        if (!snapshot.people.Find(name)) {  // another of the name may be known
            known_by.emplace_back(name);
        }
        for (const auto& candidate : candidates) {
            known_by.push_back(candidate.sha256);
        }
        for (const auto& each : known_by) {
            const auto erased = snapshot.people_edits.WasForgotten(each);
            if (!erased) {
                return Unexpected(erased.error());
            }
            if (*erased) {
                return Unexpected(
                    Error{
                        .code = ErrorCode::kConflict,
                        .reason = "erased",
                        .message = fmt::format(
                            "{} was erased and is not to be enrolled; to do so all the same, since there is "
                            "a reason to, say again",
                            each == name ? "somebody of this name" : "who one of these photos shows"
                        )
                    }
                );
            }
        }
        return {};
    });
}

Result<Enrolment::Ready> Enrolment::Decide(std::string_view name, std::span<const Candidate> candidates) {
    const std::string wanted(name);
    const auto known =
        storage_.Read([&](const Snapshot& snapshot) { return ReadKnown(snapshot, wanted, model_); });
    if (!known) {
        return Unexpected(known.error());
    }
    Ready ready;
    ready.is_new = !known->person;
    ready.person = known->person.value_or(
        Person{.id = PersonId(MakeId("per")), .name = wanted, .created_at = clock_.Now()}
    );
    ready.gallery_version = known->gallery.version;
    ready.decision = DecideEnrolment(candidates, ContextOf(ready.person, *known, model_));
    const auto accepted =
        static_cast<std::size_t>(std::ranges::count_if(ready.decision.answers, [](const PhotoAnswer& answer) {
            return answer.accepted;
        }));
    ready.answer = {
        .person = accepted == 0 && ready.is_new ? PersonId() : ready.person.id,
        .name = ready.person.name,
        .photos = known->photos.size() + accepted,
        .answers = ready.decision.answers,
        .warnings = {}
    };
    for (const auto& answer : ready.answer.answers) {
        if (answer.accepted && !answer.sentence.empty()) {
            ready.answer.warnings.push_back(answer.sentence);
        }
    }
    if (auto warning = FewPhotosWarning(ready.person.name, ready.answer.photos); !warning.empty()) {
        ready.answer.warnings.push_back(std::move(warning));
    }
    return ready;
}

/// Rows and crops of the photos that were accepted. Nothing is stored yet but files of large crops, which
/// are collected when no row comes to name them.
Result<void> Enrolment::MakePhotos(std::span<const Candidate> candidates, Ready& ready) const {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!ready.decision.answers[i].accepted) {
            continue;
        }
        const auto& face = (*candidates[i].faces)[ready.decision.faces[i]];
        auto crop =
            artifacts_.Prepare({.name = "crop", .media_type = "image/jpeg", .sealed = true}, face.crop);
        if (!crop) {
            return Unexpected(crop.error());
        }
        ready.photos.push_back(
            {.id = PhotoId(MakeId("pho")),
             .person_id = ready.person.id,
             .file_name = candidates[i].file_name,
             .sha256 = candidates[i].sha256,
             .embedding = face.embedding,
             .model = model_,
             .box = face.box,
             .quality = face.quality,
             .crop_sha256 = crop->ref.sha256,
             .created_at = clock_.Now()}
        );
        ready.crops.push_back(std::move(*crop));
    }
    return {};
}

Result<bool> Enrolment::WriteDown(const Ready& ready, std::string_view actor) {
    const AuditEntry audit{
        .at = clock_.Now(),
        .actor = std::string(actor),
        .action = std::string(kAuditedAs),
        .subject = ready.person.id.Value(),
        .detail = WhatBecameOf(ready.decision.answers)
    };
    PeopleEdit edit;
    edit.actor = actor;
    edit.kind = EditKind::kEnrol;
    edit.person = ready.person.id;
    edit.name = ready.is_new ? ready.person.name : std::string();
    for (const auto& photo : ready.photos) {
        edit.photos.push_back(photo.id);
    }
    edit.at = audit.at;
    return storage_.Write([&](Transaction& transaction) -> Result<bool> {
        const auto version = transaction.people.HoldGalleryVersion();
        if (!version || *version != ready.gallery_version) {
            return version.map([](std::int64_t) { return false; });
        }
        Result<void> done;
        for (std::size_t i = 0; done && i < ready.photos.size(); ++i) {
            done = ready.crops[i].Commit(transaction).and_then([&] {
                return transaction.people.AddPhoto(ready.photos[i]);
            });
        }
        return done.and_then(
                       [&] { return MakeEdit(transaction, edit); }
        ).and_then([&](const PeopleEdit&) {
             return transaction.keys.AddAudit(audit);
         }).map([] { return true; });
    });
}

Result<void> Enrolment::NoteRefused(std::string_view name, std::string_view actor, std::string_view detail) {
    return storage_.Write([&](Transaction& transaction) {
        const auto person = transaction.people.Find(name);
        return transaction.keys.AddAudit(
            {.at = clock_.Now(),
             .actor = std::string(actor),
             .action = std::string(kAuditedAs),
             .subject = person ? person->id.Value() : "nobody",
             .detail = std::string(detail)}
        );
    });
}

Result<EnrolmentAnswer> Enrolment::Enrol(
    std::string_view name, std::span<const NewPhoto> photos, std::string_view actor, bool again
) {
    const auto wanted = CheckedName(name);
    if (!wanted) {
        return Unexpected(wanted.error());
    }
    if (photos.empty()) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("there is no photo of {}", *wanted));
    }
    auto answer = Accept(*wanted, photos, actor, again);
    if (!answer) {
        const auto noted = NoteRefused(
            *wanted,
            actor,
            fmt::format(
                "none of {} photos accepted: {}",
                photos.size(),
                answer.error().reason.empty() ? ToString(answer.error().code) : answer.error().reason
            )
        );
        return noted ? answer : Unexpected(noted.error());
    }
    return answer;
}

/// All of it but what is asked of the request, and the audit of a failure.
Result<EnrolmentAnswer> Enrolment::Accept(
    std::string_view name, std::span<const NewPhoto> photos, std::string_view actor, bool again
) {
    const auto candidates = LookAt(photos);
    if (!candidates) {
        return Unexpected(candidates.error());
    }
    if (const auto free = again ? Result<void>{} : CheckErased(name, *candidates); !free) {
        return Unexpected(free.error());
    }
    for (int attempt = 0; attempt < kTries; ++attempt) {
        auto ready = Decide(name, *candidates);
        if (!ready) {
            return Unexpected(ready.error());
        }
        if (auto made = MakePhotos(*candidates, *ready); !made) {
            return Unexpected(made.error());
        }
        const auto written =
            ready->photos.empty()
                ? NoteRefused(name, actor, WhatBecameOf(ready->decision.answers)).map([] { return true; })
                : WriteDown(*ready, actor);
        if (!written) {
            return Unexpected(written.error());
        }
        if (*written) {
            return std::move(ready->answer);
        }
    }
    return Fail(
        ErrorCode::kConflict, fmt::format("people changed again and again while {} was enrolled", name)
    );
}

}  // namespace notify
