#include "app/enrol_uploaded.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "http/api.hpp"
#include "people/enrolment.hpp"
#include "people/enrolment_rules.hpp"

namespace notify {

namespace {

EnrolmentVerdict Verdict(const EnrolmentAnswer& answer) {
    EnrolmentVerdict verdict{
        .person = answer.person,
        .name = answer.name,
        .photos = static_cast<int>(answer.photos),
        .verdicts = {},
        .warnings = answer.warnings,
    };
    for (const auto& photo : answer.answers) {
        verdict.verdicts.push_back(
            {.file_name = photo.file_name,
             .accepted = photo.accepted,
             .code = photo.reason,
             .sentence = photo.sentence}
        );
    }
    return verdict;
}

}  // namespace

Result<EnrolmentVerdict> EnrolUploaded(
    Enrolment& enrolment,
    std::string_view name,
    const std::vector<UploadedPhoto>& photos,
    std::string_view actor,
    bool again
) {
    std::vector<NewPhoto> wanted;
    for (const auto& photo : photos) {
        NewPhoto each{.file_name = photo.file_name, .bytes = photo.bytes, .face = std::nullopt};
        if (photo.face) {
            each.face = FacePoint{.x = photo.face->first, .y = photo.face->second};
        }
        wanted.push_back(std::move(each));
    }
    const auto answer = enrolment.Enrol(name, wanted, actor, again);
    if (!answer) {
        return Unexpected(answer.error());
    }
    auto verdict = Verdict(*answer);
    if (verdict.person.IsEmpty()) {
        std::string sentences;
        for (const auto& photo : verdict.verdicts) {
            sentences +=
                fmt::format("{}{}: {}", sentences.empty() ? "" : "; ", photo.file_name, photo.sentence);
        }
        Error error{
            .code = ErrorCode::kUnsupported,
            .stage = "enrol",
            .message = "no photo was accepted: " + sentences
        };
        error.reason = verdict.verdicts.empty() ? "" : verdict.verdicts.front().code;
        return Unexpected(std::move(error));
    }
    return verdict;
}

}  // namespace notify
