#pragma once

// Photos that came in a request, enrolled.

#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "http/api.hpp"
#include "people/enrolment.hpp"

namespace notify {

/// Enrolment::Enrol, in the API's words. That all photos were refused is a refusal of the request:
/// kUnsupported with each photo's sentence.
[[nodiscard]] Result<EnrolmentVerdict> EnrolUploaded(
    Enrolment& enrolment,
    std::string_view name,
    const std::vector<UploadedPhoto>& photos,
    std::string_view actor,
    bool again
);

}  // namespace notify
