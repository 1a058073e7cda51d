#include "sources/iconik/names_field.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

const object* ObjectIn(const boost::json::value* json, std::string_view name) {
    const auto* const of = json != nullptr ? json->if_object() : nullptr;
    const auto* const found = of != nullptr ? of->if_contains(name) : nullptr;
    return found != nullptr ? found->if_object() : nullptr;
}

/// {"metadata_values": {FIELD: {"field_values": [{"value": "…"}]}}}
std::set<std::string> ValuesIn(const boost::json::value& answer, std::string_view field) {
    std::set<std::string> values;
    const auto* const all = ObjectIn(&answer, "metadata_values");
    const auto* const of = all != nullptr ? all->if_contains(field) : nullptr;
    const auto* const rows =
        of != nullptr && of->is_object() ? of->get_object().if_contains("field_values") : nullptr;
    if (rows == nullptr || !rows->is_array()) {
        return values;
    }
    for (const auto& row : rows->get_array()) {
        if (row.is_object() && !TextIn(row.get_object(), "value").empty()) {
            values.insert(TextIn(row.get_object(), "value"));
        }
    }
    return values;
}

/// What stands in the field and is not from us, whatever version of the asset we wrote it for.
Result<std::set<std::string>> OfOthers(const std::set<std::string>& there, const Names& names) {
    const auto without = [](const std::set<std::string>& all, const std::set<std::string>& some) {
        std::set<std::string> rest;
        std::ranges::set_difference(all, some, std::inserter(rest, rest.end()));
        return rest;
    };
    auto others = without(without(there, names.ours), names.wanted);
    if (others.empty()) {
        return others;
    }
    return names.ours_of_any_version().map([&](const std::set<std::string>& ours) {
        return without(others, ours);
    });
}

object BodyOf(std::string_view field, const std::set<std::string>& values) {
    boost::json::array rows;
    for (const auto& value : values) {
        rows.push_back(object{{"value", value}});
    }
    return {
        {"metadata_values", object{{field, object{{"field_values", std::move(rows)}, {"mode", "overwrite"}}}}}
    };
}

}  // namespace

Result<void> WriteNames(
    Client& client,
    const Writing& writing,
    const std::string& asset,
    const Names& names,
    const std::stop_token& stop
) {
    if (writing.names_view.empty() || writing.names_field.empty()) {
        return {};
    }
    Request request{
        .path = fmt::format("metadata/v1/assets/{}/views/{}/", asset, writing.names_view),
        .query = {},
        .what = fmt::format("field '{}' of asset {}", writing.names_field, asset)
    };
    const auto answer = client.Send(request, stop);
    if (!answer && answer.error().code != ErrorCode::kNotFound) {  // 404: nothing was written into it yet
        return Unexpected(answer.error());
    }
    const auto there = answer ? ValuesIn(*answer, writing.names_field) : std::set<std::string>();
    const auto theirs = writing.append_names ? OfOthers(there, names)
                                             : Result<std::set<std::string>>(std::set<std::string>());
    if (!theirs) {
        return Unexpected(theirs.error());
    }
    auto values = names.wanted;
    values.insert(theirs->begin(), theirs->end());
    if (values == there) {
        return {};
    }
    request.method = "PUT";
    request.action = "write";
    request.body = BodyOf(writing.names_field, values);
    return client.Send(request, stop).map([](const boost::json::value&) {}).map_error([&](Error error) {
        if (error.code == ErrorCode::kNotFound) {
            error.code = ErrorCode::kUnsupported;
            error.reason = "no_field";
            error.message = fmt::format(
                "Iconik has no view {} with a field '{}': make it there, or change names_view and "
                "names_field of the source",
                writing.names_view,
                writing.names_field
            );
        }
        return error;
    });
}

}  // namespace notify::iconik
