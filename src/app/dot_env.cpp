#include "app/dot_env.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/core.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "core/trimmed.hpp"

namespace notify {

namespace {

/// The value as written: quotes removed, a comment after an unquoted value cut off.
std::optional<std::string> Unquote(std::string_view text) {
    text = Trimmed(text);
    if (text.starts_with('"') || text.starts_with('\'')) {
        const auto end = text.find(text.front(), 1);
        const auto rest =
            end == std::string_view::npos ? std::string_view("x") : Trimmed(text.substr(end + 1));
        if (!rest.empty() && !rest.starts_with('#')) {
            return std::nullopt;
        }
        return std::string(text.substr(1, end - 1));
    }
    return std::string(Trimmed(text.substr(0, text.find(" #"))));
}

bool IsName(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
    });
}

}  // namespace

Result<Variables> ParseDotEnv(std::string_view text, std::string_view name) {
    Variables variables;
    int number = 0;
    if (text.starts_with("\xEF\xBB\xBF")) {  // the mark some editors put before UTF-8
        text.remove_prefix(3);
    }
    while (!text.empty()) {
        ++number;
        const auto end = text.find('\n');
        auto line = Trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        if (line.starts_with("export ")) {
            line = Trimmed(line.substr(7));
        }
        const auto equals = line.find('=');
        const auto variable = Trimmed(line.substr(0, equals));
        const auto value = equals == std::string_view::npos ? std::nullopt : Unquote(line.substr(equals + 1));
        if (!IsName(variable) || !value) {
            return Fail(
                ErrorCode::kInvalidArgument, fmt::format("{} line {}: expected NAME=value", name, number)
            );
        }
        variables[std::string(variable)] = *value;
    }
    return variables;
}

Result<Variables> ReadDotEnv(const std::filesystem::path& path) {
    const auto text = ReadFile(path, 1U << 20U);
    if (!text && text.error().code == ErrorCode::kNotFound) {
        return Variables{};
    }
    return text.and_then([&](const std::string& found) { return ParseDotEnv(found, path.native()); });
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

}  // namespace notify
