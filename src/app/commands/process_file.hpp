#pragma once

// `notifications-api process FILE`: one processor on one file, without a database.

#include <filesystem>
#include <string>

#include "app/settings.hpp"
#include "core/result.hpp"

namespace notify {

struct ProcessFileOptions {
    std::filesystem::path file;
    std::string processor;
    std::string config;                     ///< JSON; "" for the defaults.
    bool json = false;                      ///< The document alone on standard output, no progress.
    std::filesystem::path artifact_folder;  ///< Write the artifacts there; "" leaves them.
};

/// Runs the processor in its sandboxed child and prints a summary of its document, or with `json` the
/// document. A progress bar goes to standard error when that is a terminal. Ctrl-C stops it (kStopped). The
/// processor's own failure is returned as it is.
[[nodiscard]] Result<void> ProcessFile(const Settings& settings, const ProcessFileOptions& options);

}  // namespace notify
