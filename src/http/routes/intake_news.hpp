#pragma once

// Messages in which object stores tell what happened in them: S3 event notifications, and EventBridge's.

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/result.hpp"

namespace notify {

/// One record of a message. None of it is believed: it only says where to look.
struct StoreNews {
    std::string bucket;
    std::vector<std::string> keys;  ///< Which it may be, bytes, the likeliest first; never empty.
    bool created = false;           ///< Something was written there, or can be read again.
    bool restored = false;          ///< It was brought back from an archive.
    std::string event;              ///< As it was named: "s3:ObjectCreated:Put".
};

/// What a message holds.
struct StoreMessage {
    std::vector<StoreNews> news;
    bool test = false;          ///< The s3:TestEvent that a store sends when notifications are set up.
    bool subscription = false;  ///< SNS asks that its subscription be confirmed, or tells that it ended.
};

/// Reads {"Records": […]}, an EventBridge event, {"Event": "s3:TestEvent"}, or an SNS envelope with one of
/// them or of a subscription, whose link is not read. Keys of S3 events are form-encoded, but some stores
/// send them as they are: both readings are tried. kInvalidArgument for anything else.
[[nodiscard]] Result<StoreMessage> ReadStoreMessage(const boost::json::value& body);

}  // namespace notify
