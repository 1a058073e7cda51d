#include "http/routes/import_rows.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/csv.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/bucket_options.hpp"
#include "domain/named.hpp"
#include "domain/rule.hpp"
#include "http/names.hpp"
#include "http/routes/rule_checks.hpp"
#include "http/views_backlog.hpp"
#include "http/views_buckets.hpp"
#include "http/views_rules.hpp"
#include "sources/access.hpp"
#include "sources/registry.hpp"

namespace notify {

namespace {

using boost::json::object;

constexpr std::array<std::string_view, 3> kRequired{"kind", "endpoint", "bucket"};
constexpr std::array<std::string_view, 9> kOptional{
    "region",
    "prefix",
    "access_key_ref",
    "secret_ref",
    "processor",
    "active",
    "name",
    "backlog",
    "biometric_basis"
};

/// A row and where it stands.
struct Numbered {
    int line = 0;
    view::ImportRow row;
};

std::string Lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return lower;
}

Result<std::optional<bool>> YesOrNo(std::string_view text) {
    constexpr std::array<std::string_view, 4> kYes{"true", "yes", "1", "active"};
    constexpr std::array<std::string_view, 4> kNo{"false", "no", "0", "inactive"};
    const auto word = Lower(text);
    if (word.empty()) {
        return std::optional<bool>();
    }
    if (std::ranges::find(kYes, word) != kYes.end()) {
        return std::optional(true);
    }
    return std::ranges::find(kNo, word) != kNo.end()
               ? Result<std::optional<bool>>(false)
               : Fail(
                     ErrorCode::kInvalidArgument, fmt::format("active: '{}' is neither true nor false", text)
                 );
}

Result<view::ImportRow> RowFrom(const CsvTable& table, const CsvRow& row) {
    if (table.IsTooLong(row)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "it has more fields than there are columns; quote what has a comma in it"
        );
    }
    const auto field = [&](std::string_view column) { return std::string(table.Field(row, column)); };
    const auto may = [&](std::string_view column) {
        auto text = field(column);
        return text.empty() ? std::nullopt : std::optional(std::move(text));
    };
    return YesOrNo(table.Field(row, "active")).map([&](std::optional<bool> active) {
        return view::ImportRow{
            .kind = field("kind"),
            .endpoint = field("endpoint"),
            .region = may("region"),
            .bucket = field("bucket"),
            .prefix = may("prefix"),
            .access_key_ref = may("access_key_ref"),
            .secret_ref = may("secret_ref"),
            .processor = may("processor"),
            .active = active,
            .name = may("name"),
            .backlog = may("backlog"),
            .biometric_basis = may("biometric_basis")
        };
    });
}

/// Only the name of a setting: a key that was pasted would stand in a configuration for everybody to read.
Result<void> CheckReference(std::string_view column, const std::optional<std::string>& reference) {
    const bool named = !reference || IsCredentialSetting(*reference);
    return named ? Result<void>{}
                 : Fail(
                       ErrorCode::kInvalidArgument,
                       fmt::format(
                           "{}: give the name of the setting that holds it, like STORE_ARCHIVE_KEY, and not "
                           "the key itself",
                           column
                       )
                   );
}

/// Which settings hold the credentials: a key pair, a token alone, or none named.
Result<object> CredentialsOf(const view::ImportRow& row) {
    auto checked = CheckReference("access_key_ref", row.access_key_ref).and_then([&] {
        return CheckReference("secret_ref", row.secret_ref);
    });
    if (!checked) {
        return Unexpected(checked.error());
    }
    if (row.access_key_ref && !row.secret_ref) {
        return Fail(ErrorCode::kInvalidArgument, "secret_ref: an access key needs its secret key");
    }
    if (!row.secret_ref) {
        return object{};
    }
    return row.access_key_ref ? object{{"access_key", *row.access_key_ref}, {"secret_key", *row.secret_ref}}
                              : object{{"token", *row.secret_ref}};
}

Result<std::string> ConfigOf(const view::ImportRow& row, const SourceRegistry& sources) {
    if (row.kind == "local") {
        return Fail(
            ErrorCode::kInvalidArgument,
            "kind: folders are added one at a time, with notifications-api buckets add FOLDER"
        );
    }
    auto credentials = CredentialsOf(row);
    if (!credentials) {
        return Unexpected(credentials.error());
    }
    object config{{"endpoint", row.endpoint}};
    if (row.region) {
        config["region"] = *row.region;
    }
    if (!credentials->empty()) {
        config["credentials"] = *std::move(credentials);
    }
    return sources.Normalise(row.kind, ToJsonText(config)).map_error([](Error error) {
        error.message = error.message.substr(error.message.starts_with('/') ? 1 : 0);
        return error;
    });
}

/// Of the line, else of the whole import. Nothing when neither says it.
Result<BucketBacklog> BacklogOf(const view::ImportRow& row, const view::BucketImport& whole) {
    BucketBacklog backlog;
    if (whole.backlog) {
        const auto& limits = *whole.backlog;
        backlog.items_per_day = limits.items_per_day ? limits.items_per_day->value : 0;
        backlog.decode_hours_per_day = limits.decode_hours_per_day ? limits.decode_hours_per_day->value : 0;
    }
    const auto word = row.backlog.value_or(whole.backlog ? whole.backlog->policy.text : "");
    const auto policy = Named<BacklogPolicy>(kBacklogWords, word);
    if (!policy) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "backlog: say what becomes of what is in it already: process, ignore or budget, in that column "
            "or "
            "for all of them with --backlog"
        );
    }
    backlog.policy = *policy;
    if (backlog.policy != BacklogPolicy::kBudget) {
        return BucketBacklog{.policy = *policy};
    }
    return backlog.items_per_day > 0 || backlog.decode_hours_per_day > 0
               ? Result<BucketBacklog>(backlog)
               : Fail(
                     ErrorCode::kInvalidArgument,
                     "backlog: a budget needs a number of items or hours of media a day (--items-per-day, "
                     "--hours-per-day)"
                 );
}

/// "checksum;facial-recognition".
std::vector<view::BucketRule> RulesWanted(const view::ImportRow& row, const view::BucketImport& whole) {
    std::vector<view::BucketRule> rules;
    std::string_view rest = row.processor ? std::string_view(*row.processor) : std::string_view();
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        view::BucketRule rule;
        rule.processor = rest.substr(0, end);
        rule.biometric_basis = row.biometric_basis ? row.biometric_basis : whole.biometric_basis;
        rules.push_back(std::move(rule));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return rules;
}

Result<PlannedBucket> PlanOne(
    const Numbered& numbered,
    const view::BucketImport& whole,
    const SourceRegistry& sources,
    const SecretBox& box
) {
    const auto& row = numbered.row;
    auto config = ConfigOf(row, sources);
    auto backlog = BacklogOf(row, whole);
    if (!config || !backlog) {
        return Unexpected(config ? backlog.error() : config.error());
    }
    if (row.bucket.empty() || row.bucket.find('/') != std::string::npos) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "bucket: the name of a bucket of the store; what its keys begin with goes into the column prefix"
        );
    }
    if (row.name && !IsName(*row.name)) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("name: {}", kNameRule));
    }
    auto chosen = RulesFrom(RulesWanted(row, whole), box);
    if (!chosen) {  // "/rules/0/processor: …"
        const auto& said = chosen.error().message;
        return Fail(ErrorCode::kInvalidArgument, said.substr(said.find('/', std::size("/rules/") - 1) + 1));
    }
    return chosen.map([&](std::vector<Rule> rules) {
        return PlannedBucket{
            .line = numbered.line,
            .kind = row.kind,
            .config = *std::move(config),
            .location = row.bucket + (row.prefix ? "/" + *row.prefix : ""),
            .name = row.name.value_or(""),
            .active = row.active.value_or(true),
            .backlog = *backlog,
            .rules = std::move(rules)
        };
    });
}

void Refuse(ImportPlan& plan, int line, const Error& error) {
    plan.refused.push_back({.line = line, .sentence = error.message});
}

/// The rows of the body's text or list.
Result<std::vector<Numbered>> RowsOf(const view::BucketImport& wanted, ImportPlan& plan) {
    if (wanted.csv.has_value() != wanted.rows.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "/csv: give either the text of a file, or rows");
    }
    std::vector<Numbered> rows;
    rows.reserve(wanted.rows.size());
    for (const auto& row : wanted.rows) {
        rows.push_back({.line = static_cast<int>(rows.size()) + 1, .row = row});
    }
    if (!wanted.csv) {
        return rows;
    }
    const auto table = CsvTable::Read(*wanted.csv, kRequired, kOptional);
    if (!table) {
        return Unexpected(table.error().Within("/csv"));
    }
    for (const auto& each : table->Rows()) {
        if (auto row = RowFrom(*table, each)) {
            rows.push_back({.line = each.line, .row = *std::move(row)});
        } else {
            Refuse(plan, each.line, row.error());
        }
    }
    return rows;
}

}  // namespace

std::string SourceIdentity(std::string_view kind, std::string_view config) {
    const auto json = ParseJson(config);
    const auto text = [&](std::string_view member) {
        const auto* found = json && json->is_object() ? json->get_object().if_contains(member) : nullptr;
        return found == nullptr ? std::string() : ToJsonText(*found);
    };
    auto endpoint = text("endpoint");
    std::erase(endpoint, '"');
    while (endpoint.ends_with('/')) {
        endpoint.pop_back();
    }
    return fmt::format("{}\n{}\n{}\n{}", kind, endpoint, text("region"), text("credentials"));
}

Result<ImportPlan> PlanImport(
    const view::BucketImport& wanted, const SourceRegistry& sources, const SecretBox& box
) {
    ImportPlan plan;
    const auto rows = RowsOf(wanted, plan);
    if (!rows) {
        return Unexpected(rows.error());
    }
    for (const auto& row : *rows) {
        if (auto planned = PlanOne(row, wanted, sources, box)) {
            plan.buckets.push_back(*std::move(planned));
        } else {
            Refuse(plan, row.line, planned.error());
        }
    }
    return plan;
}

}  // namespace notify
