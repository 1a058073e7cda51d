#pragma once

// Globs over keys, on bytes.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace notify {

/// `*` any bytes but '/', `**` any bytes, `**/` any number of folders (none too), `?` one byte but '/';
/// everything else is itself. A pattern without '/' is matched against the last part of the key: "*.mp4"
/// matches "a/b.mp4". Case matters.
[[nodiscard]] bool MatchesGlob(std::string_view pattern, std::string_view key);

/// kInvalidArgument for a pattern that could not mean what who wrote it thinks: an empty one, one that begins
/// with '/', and the signs of other globs, which here would stand for themselves ("[", "]", "{", "}", "\").
[[nodiscard]] Result<void> CheckGlob(std::string_view pattern);

/// True when an include glob matches (or there is none) and no exclude glob does.
[[nodiscard]] bool PassesGlobs(
    const std::vector<std::string>& include, const std::vector<std::string>& exclude, std::string_view key
);

}  // namespace notify
