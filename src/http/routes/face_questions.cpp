// /v1/review: what the service would like to know. /v1/faces/search: who is in a picture.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/appearance_shown.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "people/candidates.hpp"
#include "people/face_search.hpp"
#include "people/gallery.hpp"
#include "people/review.hpp"
#include "storage/key_repository.hpp"
#include "storage/review_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kPictureBody = 48U << 20U;  // as photos that are enrolled
constexpr std::size_t kQuestions = 20;
constexpr int kFacesFound = 10;
constexpr double kReach = 0.42;  // as many pairs of two pictures are wrongly joined by it as parted

std::string CropLink(const ResultId& result, const std::string& artifact) {
    return artifact.empty() ? "" : fmt::format("/v1/results/{}/artifacts/{}", result.Value(), artifact);
}

view::CandidateView Show(const PersonCandidate& candidate) {
    return {
        .person = candidate.person.Value(),
        .name = candidate.name,
        .distance = candidate.distance,
        .probability = candidate.probability
    };
}

std::vector<view::CandidateView> Show(const std::vector<PersonCandidate>& candidates) {
    std::vector<view::CandidateView> shown;
    shown.reserve(candidates.size());
    for (const auto& candidate : candidates) {
        shown.push_back(Show(candidate));
    }
    return shown;
}

view::ReviewQuestionView Show(const ReviewQuestion& question) {
    view::ReviewQuestionView shown{
        .id = question.id.Value(),
        .person = question.person.Value(),
        .name = question.name,
        .gain_bits = question.gain_bits,
        .faces = question.faces,
        .settles = {},
        .appearances = {},
        .crops = {},
        .candidates = Show(question.candidates)
    };
    for (const auto& id : question.settles) {
        shown.settles.push_back(id.Value());
    }
    for (const auto& appearance : question.appearances) {
        shown.appearances.push_back(ShowAppearance(appearance));
    }
    for (const auto& crop : question.crops) {
        shown.crops.push_back(CropLink(crop.result, crop.artifact));
    }
    return shown;
}

view::FaceAnswerView Show(const FaceAnswer& answer) {
    view::FaceAnswerView shown{
        .bbox =
            {.x = answer.box.x, .y = answer.box.y, .width = answer.box.width, .height = answer.box.height},
        .quality = answer.quality,
        .person = std::nullopt,
        .certainty = std::nullopt,
        .candidates = Show(answer.candidates),
        .seen = {}
    };
    if (answer.person) {
        shown.person = Show(*answer.person);
        shown.certainty = Word<kCertaintyWords>{std::string(ToString(answer.certainty))};
    }
    for (const auto& found : answer.seen) {
        view::FoundFaceView seen{
            .track = found.track.Value(),
            .person = found.shown_as.Value(),
            .start_ms = found.start_ms,
            .end_ms = found.end_ms,
            .distance = found.distance,
            .crop = CropLink(found.result, found.thumbnail),
            .items = {}
        };
        for (const auto& item : found.items) {
            seen.items.push_back(item.Value());
        }
        shown.seen.push_back(std::move(seen));
    }
    return shown;
}

class FaceQuestionRoutes {
public:
    explicit FaceQuestionRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Review(const Request& request) const {
        const auto limit = request.Query("limit");
        const auto wanted = limit.empty() ? kQuestions : static_cast<std::size_t>(PageOf(request).limit);
        const auto questions = parts_.storage.Read([&](const Snapshot& snapshot) {
            return parts_.known_people.In(snapshot).and_then(
                [&](const std::shared_ptr<const Galleries>& galleries) {
                    return OpenQuestions(snapshot, *galleries, ReviewerOf(request), wanted);
                }
            );
        });
        return Answer(request, questions, [](const OpenReview& open) {
            view::ReviewList list{
                .rows = {}, .proposals = open.proposals, .unknown = open.unknown, .skipped = open.skipped
            };
            for (const auto& question : open.questions) {
                list.rows.push_back(Show(question));
            }
            return list;
        });
    }

    [[nodiscard]] Response SkipOne(const Request& request) const {
        const auto skip =
            SkipQuestion(parts_.storage, QuestionId(request.parameters[0]), ReviewerOf(request));
        return Answer(request, skip, [](const Skip& kept) {
            return view::SkipView{.question = kept.question.Value(), .until = ToRfc3339(kept.until)};
        });
    }

    [[nodiscard]] Response Search(const Request& request) const {
        return WithBody<view::NewFaceSearch>(request, [&](const view::NewFaceSearch& wanted) {
            const auto bytes = FromBase64(wanted.base64);
            if (!bytes) {
                return Problem(bytes.error(), request.id, "/base64");
            }
            const double reach = wanted.reach.value_or(kReach);
            if (reach <= 0 || reach > 2) {
                const Error error{
                    .code = ErrorCode::kInvalidArgument, .message = "reach is a distance: above 0, at most 2"
                };
                return Problem(error, request.id, "/reach");
            }
            const auto limit = wanted.limit ? wanted.limit->value : kFacesFound;
            const auto answers =
                Audited(request, parts_.search_faces(*bytes, static_cast<std::size_t>(limit), reach));
            return Answer(request, answers, [](const std::vector<FaceAnswer>& found) {
                view::FaceAnswerList list;
                for (const auto& answer : found) {
                    list.rows.push_back(Show(answer));
                }
                return list;
            });
        });
    }

private:
    [[nodiscard]] Reviewer ReviewerOf(const Request& request) const {
        return {.actor = request.caller.actor, .now = parts_.clock.Now()};
    }

    /// Who looked for faces is noted before anything is told, also that there is no answer.
    [[nodiscard]] Result<std::vector<FaceAnswer>> Audited(
        const Request& request, Result<std::vector<FaceAnswer>> answers
    ) const {
        const auto noted = parts_.storage.Write([&](Transaction& transaction) {
            return transaction.keys.AddAudit(
                {.at = parts_.clock.Now(),
                 .actor = request.caller.actor,
                 .action = "face.search",
                 .subject = "faces",
                 .detail = answers ? fmt::format("faces in the picture: {}", answers->size())
                                   : fmt::format("no answer: {}", ToString(answers.error().code))}
            );
        });
        return noted ? std::move(answers) : Unexpected(noted.error());
    }

    ApiParts parts_;
};

}  // namespace

void AddFaceQuestionRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<FaceQuestionRoutes>(parts);  // shared by the handlers below
    router.Add(
        {.method = "GET",
         .pattern = "/v1/review",
         .scope = Scope::kRead,
         .tag = "people",
         .summary = "What to look at",
         .description =
             "Questions about faces, the most telling first: proposals (is this Ada?) and people who "
             "come again and again and have no name (who is this?), by the bits that an answer tells "
             "of a name times the faces it settles. Answer with an edit: a proposal with confirm, "
             "reject, unknown or split of what it settles; somebody without a name with rename, merge "
             "or unknown of the person. What this key skipped is left out. Of more than 2,000 "
             "proposals those are looked at that are open for most faces: others follow as these are "
             "answered.",
         .query = {{.name = "limit", .description = "How many; 20 unless told.", .range = std::pair(1, 100)}},
         .answer = &described::Schema<view::ReviewList>,
         .handle = [routes](Request& r) { return routes->Review(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/review/{question}/skip",
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Skip a question",
         .description = "This key is not asked it for 7 days, unless its faces change before; others are.",
         .answer = &described::Schema<view::SkipView>,
         .handle = [routes](Request& r) { return routes->SkipOne(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/faces/search",
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Who is in a picture",
         .description =
             "Every face in it with its answer: who it shows or may show, the nearest people who are known, "
             "and "
             "where it was seen, in all stores. The picture is not kept. Each search is in the audit.",
         .body = &described::Schema<view::NewFaceSearch>,
         .max_body = kPictureBody,
         .answer = &described::Schema<view::FaceAnswerList>,
         .handle = [routes](Request& r) { return routes->Search(r); }}
    );
}

}  // namespace notify
