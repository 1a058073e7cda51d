#pragma once

// What a source makes in its store, so that the store tells of what is new and takes results; and how what
// was made stands there.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace notify {

/// What is wanted. A member that is not given is as the source's configuration says.
struct SetupWish {
    std::optional<std::string> system_endpoint;  ///< URL at which the store reaches this service.
    std::optional<std::string> webhook_name;
    std::optional<std::string> action_title;
    std::string secret;  ///< What the store sends with what it tells; never shown.
    /// What has the wished name and sends elsewhere, so that another installation made it, becomes ours.
    bool take_over = false;
    bool dry_run = false;  ///< Nothing is written; steps say what would be.
    bool remove = false;   ///< What holds no data is taken away again.
};

enum class SetupState : std::uint8_t { kMade, kChanged, kThere, kTakenAway, kAbsent, kKept, kFailed };

inline constexpr std::array<std::string_view, 7> kSetupStateWords{
    "made", "changed", "there", "removed", "absent", "kept", "failed"
};

/// One thing in the store.
struct SetupStep {
    std::string what;  ///< "metadata field", "webhook".
    std::string name;
    std::string id;  ///< In the store; "" when it is not there.
    SetupState state = SetupState::kThere;
    std::string sentence;  ///< More about it; why, when it failed.
};

struct SetupOutcome {
    std::vector<SetupStep> steps;
    std::vector<std::string> warnings;  ///< Sentences.
    boost::json::object config;         ///< Members that the source's configuration is to have now.
};

inline constexpr std::array<std::string_view, 4> kStoreWebhookWords{"enabled", "failing", "disabled", "gone"};

/// A webhook that a source has in its store, as the store says it stands.
struct StoreWebhook {
    std::string id;
    std::string name;
    std::string status;    ///< One of kStoreWebhookWords.
    std::string since;     ///< Since when it fails, as the store writes it; "" when it does not say.
    std::string sentence;  ///< What is wrong and what to do; "" while it is enabled.

    friend bool operator==(const StoreWebhook&, const StoreWebhook&) = default;
};

}  // namespace notify
