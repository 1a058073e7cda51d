#include "processors/config_secrets.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "processors/kind.hpp"

namespace notify {

namespace {

namespace json = boost::json;

constexpr std::string_view kPurpose = "processor.config";

std::vector<std::string> SecretsOf(const ProcessorKind& kind) {
    std::vector<std::string> names;
    const auto schema = json::parse(kind.config_schema);
    for (const auto& [name, member] : schema.at("properties").as_object()) {
        if (member.as_object().contains("writeOnly")) {
            names.emplace_back(name);
        }
    }
    return names;
}

/// What the member holds; "" for none.
std::string TextAt(const json::object& config, std::string_view name) {
    const auto* const member = config.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

/// The configuration with each secret that is set replaced.
Result<std::string> Replaced(
    const ProcessorKind& kind,
    std::string_view config,
    const std::function<Result<std::string>(const std::string& name, const std::string& secret)>& replace
) {
    const auto names = SecretsOf(kind);
    auto value = names.empty() ? Result<json::value>(nullptr) : ParseJson(config);
    if (!value) {
        return Unexpected(value.error());
    }
    if (!value->is_object()) {
        return std::string(config);
    }
    auto& object = value->get_object();
    for (const auto& name : names) {
        const auto secret = TextAt(object, name);
        if (secret.empty()) {
            continue;
        }
        const auto other = replace(name, secret);
        if (!other) {
            return Unexpected(other.error().Within("/" + name));
        }
        object[name] = *other;
    }
    return ToJsonText(*value);
}

}  // namespace

Result<std::string> SealSecrets(
    const ProcessorKind& kind, std::string_view config, std::string_view before, const SecretBox& box
) {
    const auto was = before.empty() ? Result<json::value>(json::object()) : ParseJson(before);
    if (!was) {
        return Unexpected(was.error());
    }
    return Replaced(
        kind, config, [&](const std::string& name, const std::string& secret) -> Result<std::string> {
            if (secret != kSecretIsSet) {
                return ToBase64(box.Seal(secret, kPurpose));
            }
            auto kept = was->is_object() ? TextAt(was->get_object(), name) : std::string();
            return kept.empty() ? Fail(
                                      ErrorCode::kInvalidArgument,
                                      fmt::format("{} stands for one that is set, and none is", kSecretIsSet)
                                  )
                                : Result<std::string>(std::move(kept));
        }
    );
}

std::string WithoutSecrets(std::string_view processor, std::string_view config) {
    const auto kind = FindProcessorKind(processor);
    if (!kind) {
        return std::string(config);
    }
    return Replaced(
               **kind, config, [](const std::string&, const std::string&) {
                   return std::string(kSecretIsSet);
               }
    ).value_or("null");
}

Result<std::string> OpenSecrets(std::string_view processor, std::string_view config, const SecretBox& box) {
    return FindProcessorKind(processor).and_then([&](const ProcessorKind* kind) {
        return Replaced(*kind, config, [&](const std::string&, const std::string& secret) {
            return FromBase64(secret).and_then([&](const std::string& sealed) {
                return box.Open(sealed, kPurpose);
            });
        });
    });
}

}  // namespace notify
