#pragma once

// Secrets in a processor's configuration: the members that its schema calls "writeOnly", all of them strings.
// What is stored has them sealed, what is shown has a word in their place, the child alone gets them in the
// clear.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "processors/kind.hpp"

namespace notify {

/// What is shown of a secret that is set. A configuration that comes back with it keeps the secret it had.
inline constexpr std::string_view kSecretIsSet = "(set)";

/// `config` as NormaliseConfig made it, with its secrets sealed. `before`: the sealed one that it takes the
/// place of, "" for none. kInvalidArgument when a secret is to stay that was not set.
[[nodiscard]] Result<std::string> SealSecrets(
    const ProcessorKind& kind, std::string_view config, std::string_view before, const SecretBox& box
);

/// A sealed configuration of that processor as it may be shown.
[[nodiscard]] std::string WithoutSecrets(std::string_view processor, std::string_view config);

/// A sealed configuration of that processor in the clear. kInvalidArgument when the box cannot open it.
[[nodiscard]] Result<std::string> OpenSecrets(
    std::string_view processor, std::string_view config, const SecretBox& box
);

}  // namespace notify
