// A .env file, and the settings that are made of it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "app/database_settings.hpp"
#include "app/settings.hpp"
#include "core/error.hpp"
#include "fuzz/promise.hpp"

namespace notify::fuzz {
namespace {

constexpr std::string_view kSecret = "5ecret-";

/// Nothing when no notation can hold the value.
std::string Quoted(const std::string& value) {
    if (value.find('"') == std::string::npos) {
        return '"' + value + '"';
    }
    return value.find('\'') == std::string::npos ? "'" + value + "'" : std::string();
}

void CheckNotation(const Variables& variables) {
    for (const auto& [name, value] : variables) {
        Promise(!name.empty() && value.find('\n') == std::string::npos, "a variable has a name and one line");
        if (const auto quoted = Quoted(value); !quoted.empty()) {
            const auto again = ParseDotEnv(fmt::format(" export {} = {} # it", name, quoted), ".env");
            Promise(again && *again == Variables{{name, value}}, "a quoted value is read as it is");
        }
    }
}

/// Each secret begins with a word that nothing else holds, and no file is read.
Variables Marked(Variables variables) {
    std::erase_if(variables, [](const auto& variable) {
        return variable.first.ends_with("_FILE") || variable.second.find(kSecret) != std::string::npos;
    });
    for (const auto& row : SettingRows()) {
        if (const auto found = variables.find(row.name); row.secret && found != variables.end()) {
            found->second.insert(0, kSecret);
        }
    }
    return variables;
}

void CheckSentence(std::string_view sentence) {
    Promise(!sentence.empty(), "a sentence is one");
    Promise(sentence.find(kSecret) == std::string_view::npos, "no sentence tells a secret");
}

void CheckSettings(const Variables& variables) {
    const auto settings = MakeSettings({}, variables, "/nowhere");
    if (!settings) {
        Promise(settings.error().code == ErrorCode::kInvalidArgument, "a bad setting is refused as one");
        CheckSentence(settings.error().message);
        return;
    }
    for (const auto& warning : settings->warnings) {
        CheckSentence(warning);
    }
    for (const auto& store : settings->stores) {
        CheckSentence(store.config);
    }
    Promise(settings->workers >= 1 && settings->workers <= 256, "workers are as many as allowed");
    Promise(
        settings->retention.done.count() >= 0 && settings->stop_grace.count() >= 0, "times are not negative"
    );
    Promise(settings->data_dir.is_absolute(), "the data have an absolute path");
    static_cast<void>(CheckDatabase(settings->database));
}

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace notify;  // the hook has no namespace
    const auto variables = ParseDotEnv({reinterpret_cast<const char*>(data), size}, ".env");
    if (!variables) {
        fuzz::Promise(
            variables.error().message.starts_with(".env line "), "a bad line is named by its number"
        );
        return 0;
    }
    fuzz::CheckNotation(*variables);
    fuzz::CheckSettings(fuzz::Marked(*variables));
    return 0;
}
