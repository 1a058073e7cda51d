#pragma once

// Where the value of a setting is: the environment, the file .env, and the file that NAME_FILE names.

#include <array>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "app/dot_env.hpp"
#include "app/settings.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

inline constexpr std::string_view kFileSuffix = "_FILE";
inline constexpr std::array<std::string_view, 6> kCredentialNames{
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "DATACORE_TOKEN",
    "ICONIK_APP_ID",
    "ICONIK_ACCESS_TOKEN"
};

/// Such a name needs no row in the table: a source's configuration refers to it.
[[nodiscard]] inline bool IsStoreCredential(std::string_view name) {
    return name.starts_with("STORE_");
}

/// Looks variables up in both places, with their _FILE forms.
class Lookup {
public:
    Lookup(const Variables& environment, const Variables& dot_env)
        : environment_(environment), dot_env_(dot_env) {}

    /// The value, or the row's default; "" when there is neither. The first place that knows either form
    /// decides, so that the environment can also undo what the file says.
    [[nodiscard]] Result<std::string> Value(const SettingRow& row) const {
        const auto file_name = fmt::format("{}_FILE", row.name);
        for (const auto* place : {&environment_, &dot_env_}) {
            if (!place->contains(row.name) && !place->contains(file_name)) {
                continue;
            }
            const auto plain = Find(*place, row.name);
            const auto file = Find(*place, file_name);
            if (!plain.empty() && !file.empty()) {
                return Fail(
                    ErrorCode::kInvalidArgument,
                    fmt::format("both {} and {} are set; keep one", row.name, file_name)
                );
            }
            if (!file.empty()) {
                return CredentialSetting{.value = {}, .file = file}.Read().map_error([&](const Error& error) {
                    return error.Within(file_name);
                });
            }
            return plain.empty() ? std::string(row.default_value) : plain;
        }
        return std::string(row.default_value);
    }

    /// Where the value of a credential is; nothing when it has none.
    [[nodiscard]] std::optional<CredentialSetting> Credential(const std::string& name) const {
        for (const auto* place : {&environment_, &dot_env_}) {
            const auto plain = Find(*place, name);
            const auto file = Find(*place, name + "_FILE");
            if (!plain.empty() || !file.empty()) {
                return CredentialSetting{.value = plain, .file = file};
            }
            if (place->contains(name) || place->contains(name + "_FILE")) {
                return std::nullopt;
            }
        }
        return std::nullopt;
    }

    /// Names of the settings that hold a credential: the table's, and all that begin with STORE_.
    [[nodiscard]] std::set<std::string, std::less<>> CredentialNames() const {
        std::set<std::string, std::less<>> names(kCredentialNames.begin(), kCredentialNames.end());
        for (const auto* place : {&environment_, &dot_env_}) {
            for (const auto& [name, value] : *place) {
                if (IsStoreCredential(name)) {
                    names.emplace(
                        name.ends_with(kFileSuffix) ? name.substr(0, name.size() - kFileSuffix.size()) : name
                    );
                }
            }
        }
        return names;
    }

private:
    static std::string Find(const Variables& place, std::string_view name) {
        const auto found = place.find(name);
        return found == place.end() ? std::string() : found->second;
    }

    const Variables& environment_;
    const Variables& dot_env_;
};

}  // namespace notify
