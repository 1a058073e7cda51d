#pragma once

// The way to a bucket or a queue, hop by hop, for whoever wants to know where it ends.

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/source.hpp"

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

/// The hops to an object store (setup, proxy, dns, connect, tls, answer, credentials, bucket), to a queue of
/// messages (the last is "queue") or to a folder, as `checked`, the outcome of CheckBucket or of
/// SourceRegistry::Test, shows them. What the source's configuration leaves out is no hop: tls
/// of http, dns of an address, proxy without one; through a proxy its own names and connections are proxy's.
/// All passed when there is no error, else one failed. Of an error without a reason it is the first: nobody
/// was asked. Without credentials nobody is asked either: that hop failed, and no other was reached.
[[nodiscard]] std::vector<Hop> HopsOf(const Source& source, const Result<void>& checked);

}  // namespace notify
