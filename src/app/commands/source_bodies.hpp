#pragma once

// From what a command was given to the bodies of requests about sources.

#include <optional>

#include <boost/json/object.hpp>

#include "app/commands/bodies.hpp"
#include "core/result.hpp"

namespace notify {

/// `config` (a source's, as it is) with what was given in its place: members of --config, of which null takes
/// one away, then single options. kInvalidArgument when --config is no JSON object.
[[nodiscard]] Result<boost::json::object> SourceConfig(const Words& words, boost::json::object config);

/// Of POST /v1/sources/{source}/secrets; nothing when none was given. Reads the files that hold it:
/// kInvalidArgument when options do not fit together, errors of ReadSecret.
[[nodiscard]] Result<std::optional<boost::json::object>> SecretBody(const Words& words);

}  // namespace notify
