#pragma once

// The names of who appears in an asset, in a field of a metadata view.

#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

struct Names {
    std::set<std::string> wanted;
    std::set<std::string> ours;  ///< That we wrote for this version before.
    /// Asked when the field holds others: those that we wrote for any version of the asset.
    std::function<Result<std::set<std::string>>()> ours_of_any_version;
};

/// Makes the field hold the wanted names: just those, or with append_names also what others wrote. Writes
/// nothing when it does already, or when the source has no field for names. kUnsupported (no_field): there is
/// no such view or field.
[[nodiscard]] Result<void> WriteNames(
    Client& client,
    const Writing& writing,
    const std::string& asset,
    const Names& names,
    const std::stop_token& stop
);

}  // namespace notify::iconik
