#include "app/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <thread>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.hpp"

namespace notify {

namespace {

std::string_view Trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Unexpected Malformed(const SettingRow& row, std::string_view value) {
    const auto shown = row.secret ? std::string("the value given") : fmt::format("'{}'", value);
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{}: {} is not allowed; allowed is {}", row.name, shown, row.allowed)
    );
}

/// The value as written: quotes removed, a comment after an unquoted value cut off.
std::optional<std::string> Unquote(std::string_view text) {
    text = Trim(text);
    if (text.starts_with('"') || text.starts_with('\'')) {
        const auto end = text.find(text.front(), 1);
        const auto rest = end == std::string_view::npos ? std::string_view("x") : Trim(text.substr(end + 1));
        if (!rest.empty() && !rest.starts_with('#')) {
            return std::nullopt;
        }
        return std::string(text.substr(1, end - 1));
    }
    return std::string(Trim(text.substr(0, text.find(" #"))));
}

bool IsName(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
    });
}

/// Looks variables up in both places, with their _FILE forms.
class Lookup {
public:
    Lookup(const Variables& environment, const Variables& dot_env)
        : environment_(environment), dot_env_(dot_env) {}

    /// The value, or the row's default; "" when there is neither.
    Result<std::string> Value(const SettingRow& row) const {
        const auto plain = Find(row.name);
        const auto file = Find(fmt::format("{}_FILE", row.name));
        if (plain && file) {
            return Fail(
                ErrorCode::kInvalidArgument, fmt::format("both {0} and {0}_FILE are set; keep one", row.name)
            );
        }
        if (file) {
            return ReadFile(*file, 64U << 10U)
                .map([](const std::string& text) { return std::string(Trim(text)); })
                .map_error([&](const Error& error) {
                    return error.Within(fmt::format("{}_FILE", row.name));
                });
        }
        return plain ? *plain : std::string(row.default_value);
    }

private:
    std::optional<std::string> Find(std::string_view name) const {
        for (const auto* place : {&environment_, &dot_env_}) {
            const auto found = place->find(name);
            if (found != place->end() && !found->second.empty()) {
                return found->second;
            }
        }
        return std::nullopt;
    }

    const Variables& environment_;
    const Variables& dot_env_;
};

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
        const auto part = Trim(text.substr(0, comma));
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

/// Takes one row's text into the settings.
Result<void> Take(Settings& settings, const SettingRow& row, const std::string& value) {
    const auto number = [&](std::int64_t low, std::int64_t high, auto&& store) -> Result<void> {
        return Integer(row, value, low, high).map([&](std::int64_t n) { store(n); });
    };
    if (row.name == "HOST") {
        settings.host = value;
    } else if (row.name == "PORT") {
        return number(0, 65535, [&](auto n) { settings.port = static_cast<std::uint16_t>(n); });
    } else if (row.name == "DATA_DIR") {
        settings.data_dir = value;
    } else if (row.name == "LOG_LEVEL") {
        return Level(row, value).map([&](LogLevel level) { settings.log_level = level; });
    } else if (row.name == "STOP_GRACE_SECONDS") {
        return number(0, 3600, [&](auto n) { settings.stop_grace = std::chrono::seconds(n); });
    } else if (row.name == "DATABASE_PORT") {
        return number(1, 65535, [](auto) {});
    } else if (row.name == "WORKERS" && value == "auto") {
        settings.workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
    } else if (row.name == "WORKERS") {
        return number(1, 256, [&](auto n) { settings.workers = static_cast<int>(n); });
    } else if (row.name == "PROCESSOR_PROGRAM" && !value.empty()) {
        settings.processor_program = value;
    } else if (row.name == "MODEL_FOLDER" && !value.empty()) {
        settings.model_folder = value;
    } else if (row.name == "MODEL_PRECISION") {
        settings.model_precision = value;
        return value == "f32" || value == "bf16" ? Result<void>{} : Malformed(row, value);
    } else if (row.name == "PROCESSOR_MEMORY_MIB") {
        return number(128, 1048576, [&](auto n) {
            settings.processor_memory_mib = static_cast<std::uint64_t>(n);
        });
    } else if (row.name == "RETENTION_DAYS") {
        return number(0, 36500, [&](auto n) { settings.retention = std::chrono::days(n); });
    } else if (row.name == "PROCESSOR_IDLE_SECONDS") {
        return number(0, 86400, [&](auto n) { settings.processor_idle = std::chrono::seconds(n); });
    } else if (row.name == "WEBHOOK_ALLOW_CIDRS") {
        settings.webhook_allow_cidrs = Split(value);
    }
    return {};
}

}  // namespace

Result<Variables> ReadDotEnv(const std::filesystem::path& path) {
    auto text = ReadFile(path, 1U << 20U);
    if (!text) {
        return text.error().code == ErrorCode::kNotFound ? Result<Variables>(Variables{})
                                                         : Unexpected(text.error());
    }
    Variables variables;
    int number = 0;
    std::string_view rest = *text;
    while (!rest.empty()) {
        ++number;
        const auto end = rest.find('\n');
        auto line = Trim(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        if (line.starts_with("export ")) {
            line = Trim(line.substr(7));
        }
        const auto equals = line.find('=');
        const auto name = Trim(line.substr(0, equals));
        const auto value = equals == std::string_view::npos ? std::nullopt : Unquote(line.substr(equals + 1));
        if (!IsName(name) || !value) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("{} line {}: expected NAME=value", path.native(), number)
            );
        }
        variables[std::string(name)] = *value;
    }
    return variables;
}

Variables ProcessEnvironment() {
    Variables variables;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
        }
    }
    return variables;
}

Result<Settings> MakeSettings(
    const Variables& environment, const Variables& dot_env, const std::filesystem::path& program_folder
) {
    Settings settings;
    const Lookup lookup(environment, dot_env);
    for (const auto& row : SettingRows()) {
        const auto value = lookup.Value(row);
        if (!value) {
            return Unexpected(value.error());
        }
        if (row.name == "DATABASE_HOST" && !value->empty()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "DATABASE_HOST is set, but PostgreSQL is not supported by this version yet; unset it to use "
                "SQLite in DATA_DIR"
            );
        }
        if (auto taken = Take(settings, row, *value); !taken) {
            return Unexpected(taken.error());
        }
        if (!row.not_yet.empty() && !value->empty()) {
            settings.warnings.push_back(fmt::format("{} is set, but {}", row.name, row.not_yet));
        }
    }
    settings.data_dir = std::filesystem::absolute(settings.data_dir);
    if (settings.processor_program.empty()) {
        settings.processor_program = program_folder / "notifications-api-processor";
    }
    if (settings.model_folder.empty()) {
        settings.model_folder = FirstThatExists(
            {program_folder / "models",
             program_folder / "../../../.deps/models",
             std::filesystem::absolute(".deps/models")}
        );
    }
    return settings;
}

}  // namespace notify
