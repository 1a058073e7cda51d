#pragma once

// Whether what is installed beside the service is there: the processors' program and the face models.

#include "app/settings.hpp"
#include "core/result.hpp"

namespace notify {

/// kNotFound or kForbidden with what to set, when the processors' program cannot be run.
[[nodiscard]] Result<void> CheckProgram(const Settings& settings);

/// kNotFound with the file that is missing and what to do, when faces cannot be recognised.
[[nodiscard]] Result<void> CheckModels(const Settings& settings);

}  // namespace notify
