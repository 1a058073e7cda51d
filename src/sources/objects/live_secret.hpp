#pragma once

// Which of a source's secrets a request is made with.

#include <cstdint>
#include <functional>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "sources/access.hpp"

namespace notify::objects {

enum class Fitness : std::uint8_t {
    kFit,
    kRefused,  ///< By the store, the last time: only when there is no other.
    kUnfit,    ///< Of another form than the client's.
};

/// The newest secret that fits, else the newest that was refused. Errors of `access`; kUnauthenticated
/// (no_credentials) when there is none, with what to do.
[[nodiscard]] Result<Secret> LiveSecret(
    const FindAccess& access, const SourceId& id, const std::function<Fitness(const Secret&)>& fitness
);

}  // namespace notify::objects
