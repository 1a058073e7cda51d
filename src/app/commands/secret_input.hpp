#pragma once

// How a command is given a secret: from a file, or typed.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// The first line of a file, or of standard input for "-", without spaces at its end: a secret never stands
/// on a command line. On a terminal `what` ("secret key") is asked for on standard error and what is typed is
/// not shown; the terminal is as it was again when this returns, and when a signal ends or stops the process.
/// kInvalidArgument when the line is empty, errors of ReadFile. Of one thread.
[[nodiscard]] Result<std::string> ReadSecret(const std::string& file, std::string_view what);

}  // namespace notify
