#pragma once

// Every setting of the service: one table from which .env.example and docs/configuration.md are made.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/dot_env.hpp"
#include "app/store_settings.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/node.hpp"
#include "domain/retention.hpp"
#include "storage/postgres/server.hpp"

namespace notify {

/// One variable: its row in the table.
struct SettingRow {
    std::string_view name;
    std::string_view default_value;  ///< "" when there is none.
    std::string_view allowed;        ///< What a person may write: "1 to 65535".
    std::string_view section;
    std::string_view description;
    bool secret = false;
    std::string_view not_yet;  ///< Not used by this version: a sentence that the one warning ends with.
};

/// The table, in the order of .env.example.
[[nodiscard]] std::span<const SettingRow> SettingRows();

/// Where the value of a setting that holds a credential is.
struct CredentialSetting {
    std::string value;
    std::filesystem::path file;  ///< When not empty it is read at each use, and `value` means nothing.

    /// Without white space around it. Errors of ReadFile, with the file's name.
    [[nodiscard]] Result<std::string> Read() const;
};

/// By name: AWS_ACCESS_KEY, DATACORE_TOKEN, and whatever begins with STORE_. Those without a value are left
/// out.
using CredentialSettings = std::map<std::string, CredentialSetting, std::less<>>;

/// The settings as the service uses them, checked.
struct Settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    std::filesystem::path tls_certificate;  ///< PEM; with tls_key. Empty: HTTP in the clear.
    std::filesystem::path tls_key;
    std::filesystem::path data_dir = "data";
    LogLevel log_level = LogLevel::kInfo;
    int workers = 1;
    Roles roles;                       ///< Of `serve` and `worker`; other commands have none.
    bool reads_folders = true;         ///< As Node's.
    int most_requests_per_second = 0;  ///< Of a key, and of an address without one; 0: any number.
    std::vector<std::string> origins;  ///< Whose pages may use the API in a browser.
    std::chrono::seconds stop_grace{30};
    std::filesystem::path processor_program;
    std::filesystem::path model_folder;
    std::string model_precision = "f32";
    std::uint64_t processor_memory_mib = 1536;
    std::chrono::seconds processor_idle{60};
    RetentionPeriods retention;
    std::vector<std::string> webhook_allow_cidrs;
    PostgresServer database;  ///< Without a host: SQLite in data_dir. Its password is never logged or shown.
    std::string iconik_webhook_secret;    ///< "": webhooks of Iconik need an API key.
    std::string iconik_system_domain_id;  ///< In lower case; "": of any Iconik.
    std::vector<StoreSettings> stores;    ///< Those whose variables are complete.
    CredentialSettings credentials;       ///< Never logged or shown.
    std::vector<std::string> warnings;    ///< Sentences to log once at start.

    /// Of the API's address.
    [[nodiscard]] std::string_view Scheme() const noexcept {
        return tls_certificate.empty() ? "http" : "https";
    }
};

/// Checks the variables and fills in defaults. `program_folder`: where the running program is; the child and
/// the models are looked for beside it. A malformed value is one sentence with the name and what is allowed;
/// a secret's value is never in it. NAME_FILE names a file whose contents are the value. A place that has
/// NAME or NAME_FILE, even empty, is the only one asked for both; both with a value in one place is refused.
[[nodiscard]] Result<Settings> MakeSettings(
    const Variables& environment, const Variables& dot_env, const std::filesystem::path& program_folder
);

/// The text of .env.example (and .env.examples).
[[nodiscard]] std::string DotEnvExample();

/// The text of docs/configuration.md.
[[nodiscard]] std::string ConfigurationPage();

}  // namespace notify
