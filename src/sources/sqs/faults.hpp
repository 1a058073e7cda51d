#pragma once

// What is wrong with a queue, from what it answered. The reasons are those of objects/faults.hpp, and these.

#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/sqs/queue_address.hpp"

namespace notify::sqs {

inline constexpr std::string_view kNoQueue = "no_queue";            // kUnavailable, until it is mended
inline constexpr std::string_view kStaleReceipt = "stale_receipt";  // kConflict: it was received again since
inline constexpr std::string_view kNotAnswered = "not_answered";    // kUnavailable: of one entry of a batch

/// What a queue was asked to do.
struct Operation {
    std::string_view name;    ///< "DeleteMessageBatch".
    std::string_view action;  ///< For sentences: "delete from".
};

/// An answer that is not 2xx. Where that may not be done, the sentence names the right that is missing. Holds
/// no credential.
[[nodiscard]] Error FaultOf(
    const HttpResponse& response, const QueueAddress& queue, const Operation& asked, Timestamp now
);

/// One entry of a batch that was refused with that code; "" when the answer left it out.
[[nodiscard]] Error EntryFaultOf(
    std::string_view code, std::string_view message, const QueueAddress& queue, const Operation& asked
);

/// An answer 2xx that cannot be read.
[[nodiscard]] Error UnreadableFault(const Error& why, const QueueAddress& queue);

}  // namespace notify::sqs
