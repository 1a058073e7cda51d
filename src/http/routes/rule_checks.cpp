#include "http/routes/rule_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/glob.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/rule.hpp"
#include "http/views_rules.hpp"
#include "processors/config_secrets.hpp"
#include "processors/kind.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The error with `place` before its own pointer: "/fps: too low" in "/config" is "/config/fps: too low".
Error At(std::string_view place, Error error) {
    error.message = fmt::format("{}{}{}", place, error.message.starts_with('/') ? "" : ": ", error.message);
    return error;
}

bool IsBlank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool IsTypeWord(std::string_view text) {
    constexpr std::string_view kMarks = "!#$&^_.+-";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
    });
}

/// "video/mp4" or "video/*" (RFC 6838, 4.2), which the processor takes some of.
Result<void> CheckMediaType(const ProcessorKind& kind, const std::string& type) {
    const auto slash = type.find('/');
    const auto main = std::string_view(type).substr(0, slash);
    const auto sub =
        slash == std::string::npos ? std::string_view() : std::string_view(type).substr(slash + 1);
    if (!IsTypeWord(main) || (sub != "*" && !IsTypeWord(sub))) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(R"('{}' is no media type like "video/mp4" or "video/*", in small letters)", type)
        );
    }
    const auto begin = sub == "*" ? type.substr(0, slash + 1) : type;
    if (Accepts(kind, begin)) {
        return {};
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} takes {} only, not '{}'", kind.name, fmt::join(kind.media_types, ", "), type)
    );
}

Result<const ProcessorKind*> KindOf(std::string_view processor) {
    const auto kind = FindProcessorKind(processor);
    if (!kind) {
        return Unexpected(kind.error().Within("/processor"));
    }
    return (*kind)->internal ? Fail(
                                   ErrorCode::kInvalidArgument,
                                   fmt::format("/processor: {} is the service's own", processor)
                               )
                             : kind;
}

Result<void> SetProcessor(
    Rule& rule,
    const ProcessorKind& kind,
    const std::optional<boost::json::value>& config,
    const SecretBox& box
) {
    const auto before = rule.processor == kind.name ? rule.config : std::string();
    auto normal =
        NormaliseConfig(kind, config && !config->is_null() ? ToJsonText(*config) : "")
            .and_then([&](const std::string& clear) { return SealSecrets(kind, clear, before, box); });
    if (!normal) {
        return Unexpected(At("/config", normal.error()));
    }
    rule.processor = kind.name;
    rule.config_hash = Sha256Hex(*normal);
    rule.config = *std::move(normal);
    return {};
}

Result<void> CheckWhole(const Rule& rule, const ProcessorKind& kind) {
    for (std::size_t i = 0; i < rule.media_types.size(); ++i) {
        if (auto checked = CheckMediaType(kind, rule.media_types[i]); !checked) {
            return Unexpected(checked.error().Within(fmt::format("/media_types/{}", i)));
        }
    }
    if (auto checked = rule.path_glob.empty() ? Result<void>{} : CheckGlob(rule.path_glob); !checked) {
        return Unexpected(checked.error().Within("/path_glob"));
    }
    return kind.biometric && IsBlank(rule.biometric_basis)
               ? Fail(
                     ErrorCode::kInvalidArgument,
                     fmt::format(
                         "/biometric_basis: {} recognises people; say why that is allowed here", kind.name
                     )
                 )
               : Result<void>{};
}

}  // namespace

Result<Rule> RuleFrom(const view::BucketRule& wanted, const SecretBox& box) {
    const auto kind = KindOf(wanted.processor);
    if (!kind) {
        return Unexpected(kind.error());
    }
    Rule rule;
    rule.media_types = wanted.media_types;
    rule.path_glob = wanted.path_glob.value_or("");
    rule.priority = wanted.priority ? wanted.priority->value : 0;
    rule.enabled = wanted.enabled.value_or(true);
    rule.biometric_basis = wanted.biometric_basis.value_or("");
    auto checked =
        SetProcessor(rule, **kind, wanted.config, box).and_then([&] { return CheckWhole(rule, **kind); });
    return checked ? Result<Rule>(std::move(rule)) : Unexpected(checked.error());
}

Result<std::vector<Rule>> RulesFrom(const std::vector<view::BucketRule>& wanted, const SecretBox& box) {
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto rule = RuleFrom(wanted[i], box);
        if (!rule) {
            return Unexpected(At(fmt::format("/rules/{}", i), rule.error()));
        }
        const auto same =
            std::ranges::find_if(rules, [&](const Rule& other) { return ChooseTheSame(other, *rule); });
        if (same != rules.end()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("/rules/{}/processor: {} is chosen twice for the same", i, rule->processor)
            );
        }
        rules.push_back(*std::move(rule));
    }
    return rules;
}

Result<void> Apply(const view::RuleChange& change, Rule& rule, const SecretBox& box) {
    const auto kind = KindOf(change.processor.value_or(rule.processor));
    if (!kind) {
        return Unexpected(kind.error());
    }
    rule.media_types = change.media_types.value_or(rule.media_types);
    rule.path_glob = change.path_glob.value_or(rule.path_glob);
    rule.priority = change.priority ? change.priority->value : rule.priority;
    rule.enabled = change.enabled.value_or(rule.enabled);
    rule.biometric_basis = change.biometric_basis.value_or(rule.biometric_basis);
    const bool other = (*kind)->name != rule.processor;
    auto set = change.config || other ? SetProcessor(rule, **kind, change.config, box) : Result<void>{};
    return set.and_then([&] { return CheckWhole(rule, **kind); });
}

Result<void> CheckUnlikeOthers(const Snapshot& snapshot, const Rule& rule) {
    return snapshot.rules.List().and_then([&](const std::vector<Rule>& rules) -> Result<void> {
        const auto same = std::ranges::find_if(rules, [&](const Rule& other) {
            return other.id != rule.id && ChooseTheSame(other, rule);
        });
        return same == rules.end() ? Result<void>{}
                                   : Fail(
                                         ErrorCode::kConflict,
                                         fmt::format(
                                             "rule {} chooses {} for the same already{}",
                                             same->id.Value(),
                                             rule.processor,
                                             same->enabled ? "" : "; it is disabled"
                                         )
                                     );
    });
}

Result<view::RuleView> ShowRule(const Snapshot& snapshot, const Rule& rule) {
    std::optional<std::string> bucket_name;
    std::optional<std::string> source_name;
    if (!rule.bucket_id.IsEmpty()) {
        auto bucket = snapshot.buckets.Get(rule.bucket_id);
        if (!bucket) {
            return Unexpected(bucket.error());
        }
        bucket_name = std::move(bucket->name);
    } else {
        auto source = snapshot.sources.Get(rule.source_id);
        if (!source) {
            return Unexpected(source.error());
        }
        source_name = std::move(source->name);
    }
    const auto id_or_null = [](const auto& id) {
        return id.IsEmpty() ? std::nullopt : std::optional(id.Value());
    };
    return view::RuleView{
        .id = rule.id.Value(),
        .bucket = id_or_null(rule.bucket_id),
        .bucket_name = std::move(bucket_name),
        .source = id_or_null(rule.source_id),
        .source_name = std::move(source_name),
        .media_types = rule.media_types,
        .path_glob = rule.path_glob,
        .processor = rule.processor,
        .config = ParseJson(WithoutSecrets(rule.processor, rule.config)).value_or(nullptr),
        .priority = rule.priority,
        .enabled = rule.enabled,
        .biometric_basis = rule.biometric_basis,
        .created_at = ToRfc3339(rule.created_at),
        .changed_at = ToRfc3339(rule.changed_at),
    };
}

Result<std::vector<view::RuleView>> ShowRules(const Snapshot& snapshot, const std::vector<Rule>& rules) {
    std::vector<view::RuleView> shown;
    for (const auto& rule : rules) {
        auto view = ShowRule(snapshot, rule);
        if (!view) {
            return Unexpected(view.error());
        }
        shown.push_back(*std::move(view));
    }
    return shown;
}

}  // namespace notify
