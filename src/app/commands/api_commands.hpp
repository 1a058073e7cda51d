#pragma once

// The commands that are requests to the API: buckets, items, people, webhooks, keys.

#include <functional>

#include <CLI/CLI.hpp>

#include "app/commands/api_client.hpp"
#include "core/result.hpp"

namespace notify {

/// What a chosen command does; set by CLI11 when the command line was read.
using Run = std::function<Result<void>()>;

/// Adds the commands. `run` is set to the chosen one; `client` outlives it. With `json` set the API's answer
/// is printed as it is.
void AddApiCommands(CLI::App& app, ApiClient& client, const bool& json, Run& run);

}  // namespace notify
