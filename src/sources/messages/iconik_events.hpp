#pragma once

// What Iconik sends: webhooks and custom actions (https://app.iconik.io/help/pages/entities/webhooks).

#include <boost/json.hpp>

#include "core/result.hpp"
#include "sources/messages/message.hpp"

namespace notify::messages {

[[nodiscard]] bool IsIconikWebhook(const boost::json::object& json);

[[nodiscard]] bool IsIconikAction(const boost::json::object& json);

/// kInvalidArgument, "iconik_webhook", when it names no asset or collection by a UUID.
[[nodiscard]] Result<Message> ReadIconikWebhook(const boost::json::object& json);

/// Reads which assets, collections and saved searches a person chose. Its `auth_token` is not looked at.
/// kInvalidArgument, "iconik_action", for ids that are no UUIDs.
[[nodiscard]] Result<Message> ReadIconikAction(const boost::json::object& json);

/// Our own form: {"asset_id"}, {"asset_ids"}, {"collection_id"}. kInvalidArgument, "short_form".
[[nodiscard]] Result<Message> ReadIconikIds(const boost::json::object& json);

}  // namespace notify::messages
