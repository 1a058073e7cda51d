#pragma once

// The way to a bucket, hop by hop, for whoever wants to know where it ends.

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

enum class HopState : std::uint8_t {
    kPassed,
    kFailed,
    kNotReached,
};

struct Hop {
    std::string_view name;
    HopState state = HopState::kPassed;
};

/// The hops to an object store (setup, dns, proxy, connect, tls, bucket …) or to a folder, as CheckBucket's
/// outcome shows them. All passed when there is no error; none is failed when the error names no hop.
[[nodiscard]] std::vector<Hop> HopsOf(std::string_view kind, const Result<void>& checked);

}  // namespace notify
