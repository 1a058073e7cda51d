#pragma once

// The config.json of the service that came before, as sources of this one.

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "core/result.hpp"

namespace notify {

struct EarlierConfig {
    std::vector<boost::json::object> sources;  ///< Bodies of POST /v1/sources.
    std::vector<std::string> sentences;        ///< What becomes of the fields that are in no source.
};

/// Reads its fields (system, iconik_url, datacore_endpoint, processor, video_file_types, …). `processors`:
/// the names of those there are, for the sentence. kInvalidArgument: no JSON object, a field it never had, a
/// system or a processor that is not here.
[[nodiscard]] Result<EarlierConfig> ReadEarlierConfig(std::string_view text, std::string_view processors);

}  // namespace notify
