#include "app/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "app/database_settings.hpp"
#include "app/dot_env.hpp"
#include "app/settings_lookup.hpp"
#include "app/store_settings.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/ip_address.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/trimmed.hpp"
#include "core/url.hpp"
#include "core/uuid.hpp"
#include "domain/node.hpp"
#include "domain/retention.hpp"

namespace notify {

namespace {

Unexpected Malformed(const SettingRow& row, std::string_view value) {
    const bool has_password =
        value.find("://") != std::string_view::npos && value.find('@') != std::string_view::npos;
    const auto shown =
        row.secret || has_password ? std::string("the value given") : fmt::format("'{}'", value);
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{}: {} is not allowed; allowed is {}", row.name, shown, row.allowed)
    );
}

Result<std::int64_t> Integer(
    const SettingRow& row, std::string_view value, std::int64_t low, std::int64_t high
) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number < low || number > high) {
        return Malformed(row, value);
    }
    return number;
}

Result<LogLevel> Level(const SettingRow& row, const std::string& value) {
    static constexpr std::array<std::pair<std::string_view, LogLevel>, 7> kLevels{{
        {"ALL", LogLevel::kTrace},
        {"TRACE", LogLevel::kTrace},
        {"DEBUG", LogLevel::kDebug},
        {"INFO", LogLevel::kInfo},
        {"WARN", LogLevel::kWarn},
        {"ERROR", LogLevel::kError},
        {"OFF", LogLevel::kOff},
    }};
    std::string upper = value;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    const auto* const found =
        std::ranges::find(kLevels, upper, &std::pair<std::string_view, LogLevel>::first);
    if (found == kLevels.end()) {
        return Malformed(row, value);
    }
    return found->second;
}

std::vector<std::string> Split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto part = Trimmed(text.substr(0, comma));
        if (!part.empty()) {
            parts.emplace_back(part);
        }
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return parts;
}

std::filesystem::path FirstThatExists(std::initializer_list<std::filesystem::path> places) {
    for (const auto& place : places) {
        std::error_code ignored;
        if (std::filesystem::exists(place, ignored)) {
            return place;
        }
    }
    return *places.begin();
}

/// Of WEBHOOK_ALLOW_CIDRS: each is a network; the first that is none is named.
Result<void> CheckNetworks(const SettingRow& row, const std::vector<std::string>& networks) {
    for (const auto& network : networks) {
        if (row.name == "WEBHOOK_ALLOW_CIDRS" && !IpNetwork::Parse(network)) {
            return Malformed(row, network);
        }
    }
    return {};
}

/// A row that is a whole number, and where it goes.
struct NumberRow {
    std::string_view name;
    std::int64_t low;
    std::int64_t high;
    void (*store)(Settings&, std::int64_t);
};

template <std::chrono::days RetentionPeriods::* Period>
void Days(Settings& settings, std::int64_t days) {
    settings.retention.*Period = std::chrono::days(days);
}

template <auto Member>
void Put(Settings& settings, std::int64_t number) {
    auto& value = settings.*Member;
    value = static_cast<std::remove_reference_t<decltype(value)>>(number);
}

constexpr std::size_t kLeastSecret = 16;  // letters of what a stranger would have to guess
constexpr std::array<NumberRow, 13> kNumbers{{
    {.name = "PORT", .low = 0, .high = 65535, .store = Put<&Settings::port>},
    {.name = "API_RATE_LIMIT",
     .low = 0,
     .high = 1'000'000,
     .store = Put<&Settings::most_requests_per_second>},
    {.name = "STOP_GRACE_SECONDS", .low = 0, .high = 3600, .store = Put<&Settings::stop_grace>},
    {.name = "DATABASE_PORT",
     .low = 1,
     .high = 65535,
     .store = [](Settings& s, std::int64_t n) { s.database.port = std::to_string(n); }},
    {.name = "WORKERS", .low = 1, .high = 256, .store = Put<&Settings::workers>},
    {.name = "PROCESSOR_MEMORY_MIB",
     .low = 256,
     .high = 1048576,
     .store = Put<&Settings::processor_memory_mib>},
    {.name = "SQS_POLL_INTERVAL", .low = 1, .high = 3600, .store = [](Settings&, std::int64_t) {}},
    {.name = "PROCESSOR_IDLE_SECONDS", .low = 0, .high = 86400, .store = Put<&Settings::processor_idle>},
    {.name = "RETENTION_DAYS", .low = 0, .high = 36500, .store = Days<&RetentionPeriods::told>},
    {.name = "RETENTION_DONE_DAYS", .low = 0, .high = 36500, .store = Days<&RetentionPeriods::done>},
    {.name = "RETENTION_FAILED_DAYS", .low = 0, .high = 36500, .store = Days<&RetentionPeriods::failed>},
    {.name = "RETENTION_HISTORY_DAYS", .low = 0, .high = 36500, .store = Days<&RetentionPeriods::history>},
    {.name = "RETENTION_UNNAMED_DAYS", .low = 0, .high = 36500, .store = Days<&RetentionPeriods::unnamed>},
}};

/// Puts a text where it belongs; IsAllowed said yes.
Result<void> TakeText(Settings& settings, const SettingRow& row, const std::string& value) {
    if (TakeDatabaseText(settings.database, row.name, value)) {
        return {};
    }
    if (row.name == "ROLES") {
        return Roles::Parse(value).map(
                                      [&](Roles roles) { settings.roles = roles; }
        ).map_error([&](Error error) {
            error.message = fmt::format("{}: {}", row.name, error.message);
            return error;
        });
    }
    if (row.name == "HOST") {
        settings.host = value;
    } else if (row.name == "TLS_CERTIFICATE") {
        settings.tls_certificate = value;
    } else if (row.name == "TLS_KEY") {
        settings.tls_key = value;
    } else if (row.name == "DATA_DIR") {
        settings.data_dir = value;
    } else if (row.name == "LOG_LEVEL") {
        return Level(row, value).map([&](LogLevel level) { settings.log_level = level; });
    } else if (row.name == "PROCESSOR_PROGRAM") {
        settings.processor_program = value;
    } else if (row.name == "MODEL_FOLDER") {
        settings.model_folder = value;
    } else if (row.name == "MODEL_PRECISION") {
        settings.model_precision = value;
    } else if (row.name == "API_CORS_ORIGINS") {
        settings.origins = Split(value);
    } else if (row.name == "WEBHOOK_ALLOW_CIDRS") {
        settings.webhook_allow_cidrs = Split(value);
    } else if (row.name == "ICONIK_WEBHOOK_SECRET") {
        settings.iconik_webhook_secret = value;
    } else if (row.name == "ICONIK_SYSTEM_DOMAIN_ID") {
        settings.iconik_system_domain_id = UuidOf(value);
    }
    return {};
}

/// True when the text may stand in the row; numbers and levels are checked when they are read.
bool IsAllowed(const SettingRow& row, const std::string& value) {
    if (row.name == "HOST") {
        return value == "localhost" || IpAddress::Parse(value).has_value();
    }
    if (row.name == "API_CORS_ORIGINS") {
        return std::ranges::all_of(Split(value), IsOrigin);
    }
    if (row.name == "MODEL_PRECISION") {
        return value == "f32" || value == "bf16";
    }
    if (row.name == "ICONIK_WEBHOOK_SECRET") {
        return value.empty() || value.size() >= kLeastSecret;
    }
    if (row.name == "ICONIK_SYSTEM_DOMAIN_ID") {
        return value.empty() || !UuidOf(value).empty();
    }
    if (row.name == "DATABASE_SSLMODE") {
        return IsTlsMode(value);
    }
    if (row.name == "SQS_MODE") {
        return value == "long_poll" || value == "interval";
    }
    const bool is_url =
        row.name == "DATACORE_ENDPOINT" || row.name == "SQS_QUEUE_URL" || row.name == "SQS_ENDPOINT";
    if (!is_url || value.empty()) {
        return true;
    }
    const auto url = Url::Parse(value);
    return url && !url->HasUserInfo();  // a secret has a setting of its own
}

/// Takes one row's text into the settings.
Result<void> Take(Settings& settings, const SettingRow& row, const std::string& value) {
    if (row.name == "WORKERS" && value == "auto") {
        settings.workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
        return {};
    }
    const auto* const number = std::ranges::find(kNumbers, row.name, &NumberRow::name);
    if (number != kNumbers.end()) {
        return Integer(row, value, number->low, number->high).map([&](std::int64_t n) {
            number->store(settings, n);
        });
    }
    if (!IsAllowed(row, value)) {
        return Malformed(row, value);
    }
    return TakeText(settings, row, value).and_then([&] {
        return CheckNetworks(row, settings.webhook_allow_cidrs);
    });
}

/// A sentence for each variable of the `.env` file that no setting has.
std::vector<std::string> UnknownNames(const Variables& dot_env) {
    std::vector<std::string> sentences;
    for (const auto& [name, value] : dot_env) {
        const bool known = std::ranges::any_of(SettingRows(), [&](const SettingRow& row) {
            return name == row.name || name == std::string(row.name) + "_FILE";
        });
        if (!known && !IsStoreCredential(name)) {
            sentences.push_back(fmt::format(".env: there is no setting {}; it is ignored", name));
        }
    }
    return sentences;
}

}  // namespace

Result<std::string> CredentialSetting::Read() const {
    if (file.empty()) {
        return value;
    }
    return ReadFile(file, 64U << 10U).map([](const std::string& text) { return std::string(Trimmed(text)); });
}

Result<Settings> MakeSettings(
    const Variables& environment, const Variables& dot_env, const std::filesystem::path& program_folder
) {
    Settings settings;
    const Lookup lookup(environment, dot_env);
    Variables values;
    for (const auto& row : SettingRows()) {
        const auto value = lookup.Value(row);
        if (!value) {
            return Unexpected(value.error());
        }
        if (auto taken = Take(settings, row, *value); !taken) {
            return Unexpected(taken.error());
        }
        if (!row.not_yet.empty() && !value->empty()) {
            settings.warnings.push_back(fmt::format("{} is set, but {}", row.name, row.not_yet));
        }
        values[std::string(row.name)] = *value;
    }
    if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "{} is set, but {} is not; TLS needs both",
                settings.tls_key.empty() ? "TLS_CERTIFICATE" : "TLS_KEY",
                settings.tls_key.empty() ? "TLS_KEY" : "TLS_CERTIFICATE"
            )
        );
    }
    std::ranges::move(UnknownNames(dot_env), std::back_inserter(settings.warnings));
    for (const auto& name : lookup.CredentialNames()) {
        if (auto place = lookup.Credential(name)) {
            settings.credentials.emplace(name, *std::move(place));
        }
    }
    auto stores = FindStores(values);
    settings.stores = std::move(stores.complete);
    std::ranges::move(stores.sentences, std::back_inserter(settings.warnings));
    settings.data_dir = std::filesystem::absolute(settings.data_dir);
    if (settings.processor_program.empty()) {
        settings.processor_program = program_folder / "notifications-api-processor";
    }
    if (settings.model_folder.empty()) {
        settings.model_folder = FirstThatExists(
            {program_folder / "models",
             program_folder / "../share/notifications-api/models",
             program_folder / "../../../.deps/models",
             std::filesystem::absolute(".deps/models")}
        );
    }
    return settings;
}

}  // namespace notify
