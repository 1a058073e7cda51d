#pragma once

// Events of object stores: S3 event notifications, and EventBridge's.

#include <boost/json.hpp>

#include "core/result.hpp"
#include "sources/messages/message.hpp"

namespace notify::messages {

/// Reads the `Records` of an S3 event notification of any version (AWS, MinIO). Their keys are form-encoded,
/// but some stores send them as they are: both readings are told. kInvalidArgument, "s3_event".
[[nodiscard]] Result<Message> ReadRecords(const boost::json::value& records);

/// Reads an event of EventBridge, whose keys are not encoded. kInvalidArgument, "eventbridge".
[[nodiscard]] Result<Message> ReadEventBridge(const boost::json::object& event);

/// True for the s3:TestEvent.
[[nodiscard]] bool IsTestEvent(const boost::json::object& event);

}  // namespace notify::messages
