#pragma once

// Requests to a queue and its answers as JSON. Source: the AWS JSON 1.0 protocol and the API reference of
// Amazon SQS (docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify::sqs {

/// The most entries of a batch, and messages of an answer.
inline constexpr std::size_t kMostEntries = 10;
/// The most that a queue may hide a message: 12 hours from when it was received.
inline constexpr std::chrono::seconds kLongestVisibility = std::chrono::hours(12);

struct ReceiveRequest {
    int most = 10;                                            ///< 1 to 10.
    std::chrono::seconds wait = std::chrono::seconds(20);     ///< 0 to 20: how long it waits for the first.
    std::chrono::seconds hidden = std::chrono::seconds(120);  ///< From other receivers: 0 to 43,200.
};

struct Message {
    std::string id;
    std::string receipt;  ///< What it is deleted by; another one each time that it is received.
    std::string body;
    bool intact = true;  ///< The body has the MD5 that the queue tells of it, or the queue tells none.
    int received = 1;    ///< How often it was, this time included.
    std::optional<Timestamp> sent_at;
};

struct VisibilityChange {
    std::string receipt;
    std::chrono::seconds hidden{0};  ///< From now on; 0 to 43,200.
};

/// What was refused of a batch; the others were done.
struct EntryFault {
    std::size_t index = 0;  ///< In the batch.
    Error error;
};

struct QueueAttributes {
    bool redrives = false;           ///< It moves what is received too often to a dead-letter queue.
    int most_receives = 0;           ///< How often that is; 0 without a redrive policy.
    std::chrono::seconds hidden{0};  ///< The queue's own visibility timeout.
    std::uint64_t waiting = 0;       ///< Messages that can be received, about.
    std::uint64_t in_flight = 0;     ///< Messages that somebody has received, about.
};

[[nodiscard]] std::string ReceiveBody(std::string_view queue_url, const ReceiveRequest& request);
/// At most kMostEntries receipts.
[[nodiscard]] std::string DeleteBody(std::string_view queue_url, std::span<const std::string> receipts);
/// At most kMostEntries changes.
[[nodiscard]] std::string VisibilityBody(
    std::string_view queue_url, std::span<const VisibilityChange> changes
);
[[nodiscard]] std::string AttributesBody(std::string_view queue_url);

/// At most kMostEntries; what else the answer holds comes again. kInvalidArgument when it is none of
/// ReceiveMessage. Numbers that are missing or senseless are left
/// as they stand in Message.
[[nodiscard]] Result<std::vector<Message>> ReadMessages(std::string_view body);

/// A refusal of one entry as the queue tells it.
struct RefusedEntry {
    std::size_t index = 0;
    std::string code;  ///< "" when the answer does not tell of the entry at all.
    std::string message;
};

/// What is not among the successful ones of `count` entries. kInvalidArgument when it is no answer to a
/// batch.
[[nodiscard]] Result<std::vector<RefusedEntry>> ReadBatch(std::string_view body, std::size_t count);

/// kInvalidArgument when it is none.
[[nodiscard]] Result<QueueAttributes> ReadAttributes(std::string_view body);

}  // namespace notify::sqs
