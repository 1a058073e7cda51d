#pragma once

// Makes in Iconik what a source needs there: a metadata field and a view for names, webhooks that tell of
// what is new, a custom action that is a button for people. What is there as it should be is not written.
// Source: Iconik's OpenAPI documents of the services metadata, notifications and assets, May 2025.

#include <stop_token>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

/// Field, view, webhooks and custom action, in this order. Each is found by the id that the configuration
/// has, else field and view by their names, webhooks and action by their URL, and changed only where it
/// differs. A webhook or an action of the wished name that sends elsewhere is another installation's: a step
/// that failed, unless it is to be taken over.
/// What Iconik refuses is a step that failed, and the next is tried; what concerns all of them (credentials
/// that are not taken, no answer) ends it with a failed step. kInvalidArgument for a system_endpoint that is
/// no URL, kConflict when there is none, or no secret.
[[nodiscard]] Result<SetupOutcome> SetUp(
    Client& client, const Config& config, const SetupWish& wish, const std::stop_token& stop
);

/// Takes away the webhooks and the custom action that were made: those of the configuration's ids, and those
/// that have both their name and their URL. Field and view hold data and are kept. Failures as of SetUp.
[[nodiscard]] Result<SetupOutcome> TakeAway(
    Client& client, const Config& config, const SetupWish& wish, const std::stop_token& stop
);

}  // namespace notify::iconik
