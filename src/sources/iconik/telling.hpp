#pragma once

// How Iconik tells this service of what is new: part of the configuration of a source of kind "iconik".

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace notify::iconik {

/// The header that Iconik's webhooks and custom actions carry the shared secret in (docs/messages.md).
inline constexpr std::string_view kSecretHeader = "X-Notifications-Secret";

struct Telling {
    std::string system_endpoint;  ///< Where Iconik reaches this service; "": nobody said yet.
    std::string webhook_name = "Notification API Webhook";
    std::string action_title = "Recognise faces";
    std::vector<std::string> webhooks;  ///< Ids of those that setup made; their state is watched.
    std::string custom_action;          ///< Id of the one that setup made; "": none.
};

/// "https://host/v1/intake/iconik" of "https://host", with or without a slash, a path in front, or the path
/// itself. kInvalidArgument: no http(s) URL, or one with a name, a password, a query or a fragment.
[[nodiscard]] Result<std::string> IntakeUrl(std::string_view system_endpoint);

/// What may keep Iconik from reaching that URL, or what is told from staying secret: sentences.
[[nodiscard]] std::vector<std::string> WarningsOf(const std::string& intake_url);

}  // namespace notify::iconik
