#pragma once

// The one parser of messages that tell of something new, whoever sends them and in whatever they are wrapped
// (docs/messages.md).

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sources/messages/news.hpp"

namespace notify {

/// The longest message, as Amazon SQS has it.
inline constexpr std::size_t kMostMessageBytes = std::size_t{1} << 20U;

/// Envelopes around what a message tells.
inline constexpr int kMostEnvelopes = 4;

/// What a message holds: news; or nothing to do, and why.
struct Message {
    std::vector<News> news;
    /// Why there is no news, in a word: "test" (a store tries its notifications), "not_followed" (SNS asks
    /// that a subscription be confirmed, or tells that it ended), "no_records", "deleted" (something of
    /// Iconik's is gone; scans find that), "not_media" (something changed that is not looked at),
    /// "nothing_chosen" (a custom action without an object). "" when there is news.
    std::string ignored;
    std::string sentence;          ///< Of `ignored`.
    std::string system_domain_id;  ///< Of Iconik's system that sent it, in lower case; else "".
    std::string user_id;           ///< Of Iconik's user by whom it came about, in lower case; else "".
};

/// Reads a message: UTF-8 JSON, or a JSON string that holds it. Names of members and words of Iconik in
/// lower or upper case. kTooLarge over kMostMessageBytes; else kInvalidArgument, whose reason says what was
/// not understood: "not_json", "too_deep", "unrecognised", an envelope ("sns", "http_event",
/// "webhook2lambda2sqs") or what was in it ("s3_event", "eventbridge", "iconik_webhook", "iconik_action",
/// "short_form"). No sentence repeats what the message holds.
[[nodiscard]] Result<Message> ParseMessage(std::string_view body);

}  // namespace notify
