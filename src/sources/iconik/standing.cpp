#include "sources/iconik/standing.hpp"

#include <array>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/jobs.hpp"
#include "sources/iconik/paging.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFieldValues{{
    {"Pending", "REQUESTED"},
    {"Processing", "IN_PROGRESS"},
    {"Completed", "DONE"},
    {"Failed", "FAILED"},
    {"Cancelled", "FAILED"},
    {"Skipped", "N/A"},
}};

Request AssetRequest(const std::string& asset) {
    return {
        .path = fmt::format("assets/v1/assets/{}/", asset),
        .query = {},
        .what = fmt::format("asset {}", asset)
    };
}

Result<void> SetField(
    Client& client,
    const std::string& asset,
    const std::string& field,
    std::string_view value,
    const std::stop_token& stop
) {
    auto request = AssetRequest(asset);
    request.method = "PATCH";
    request.action = "change";
    request.body = object{{field, value}};
    return client.Send(request, stop).map([](const boost::json::value&) {}).map_error([](Error error) {
        if (error.code == ErrorCode::kInvalidArgument || error.reason == "access_denied") {
            error.code = ErrorCode::kUnsupported;
            error.reason = "status_refused";
            error.message += "; set status_field of the source to another field, or to \"\"";
        }
        return error;
    });
}

/// "Notifications API: Completed; facial-recognition Completed (prc_…)" when all has ended; "" before.
std::string HistoryOf(std::string_view status, const boost::json::array& processes) {
    if (status == "Pending" || status == "Processing") {
        return {};
    }
    auto words = fmt::format("Notifications API: {}", status);
    for (const auto& each : processes) {
        const auto& process = each.as_object();
        words += fmt::format(
            "; {} {} ({})",
            TextIn(process, "processor"),
            TextIn(process, "status"),
            TextIn(process, "process")
        );
    }
    return words;
}

/// Once for the same words.
Result<void> WriteHistory(
    Client& client, const std::string& asset, const std::string& words, const std::stop_token& stop
) {
    Request request{
        .path = fmt::format("assets/v1/assets/{}/history/", asset),
        .query = {},
        .what = fmt::format("the history of asset {}", asset)
    };
    bool is_there = false;
    auto listed = EachByPage(
        client,
        {.request = request},
        [&](const object& row) -> Result<void> {
            is_there = is_there || TextIn(row, "operation_description") == words;
            return {};
        },
        stop
    );
    if (!listed || is_there) {
        return listed;
    }
    request.method = "POST";
    request.action = "write";
    request.body = object{{"operation_type", "CUSTOM"}, {"operation_description", words}};
    request.repeatable = false;
    return client.Send(request, stop).map([](const boost::json::value&) {});
}

}  // namespace

std::string_view FieldValueOf(std::string_view status) noexcept {
    for (const auto& [ours, theirs] : kFieldValues) {
        if (ours == status) {
            return theirs;
        }
    }
    return kFieldValues.front().second;
}

Result<void> WriteStanding(
    Client& client,
    const Writing& writing,
    const StandingOf& of,
    std::string_view standing,
    const std::stop_token& stop
) {
    const auto json = ParseJson(standing);
    const auto* const processes =
        json && json->is_object() ? json->get_object().if_contains("processes") : nullptr;
    if (processes == nullptr || !processes->is_array()) {
        return Fail(ErrorCode::kInternal, "what is to be written of an asset's status is no status");
    }
    const auto& rows = processes->get_array();
    const auto results = TextIn(json->get_object(), "results");
    const auto& asset = of.asset;
    if (of.only_ends) {
        const JobsOf ended{
            .asset = asset, .owner = writing.owner, .title = {}, .results = results, .only_ends = true
        };
        return writing.jobs ? WriteJobs(client, ended, rows, stop) : Result<void>{};
    }
    const auto answer = client.Send(AssetRequest(asset), stop);
    if (!answer) {
        return Unexpected(answer.error());
    }
    const auto there = answer->is_object() ? answer->get_object() : object();
    const auto status = TextIn(json->get_object(), "status");
    const auto history = writing.jobs ? HistoryOf(status, rows) : std::string();
    const auto value = FieldValueOf(status);
    const bool sets = !writing.status_field.empty() && TextIn(there, writing.status_field) != value;
    // each for itself: one that Iconik refuses holds up no other
    const auto set = sets ? SetField(client, asset, writing.status_field, value, stop) : Result<void>{};
    const JobsOf jobs_of{
        .asset = asset, .owner = writing.owner, .title = TextIn(there, "title"), .results = results
    };
    const auto jobs = writing.jobs ? WriteJobs(client, jobs_of, rows, stop) : Result<void>{};
    const auto told = history.empty() ? Result<void>{} : WriteHistory(client, asset, history, stop);
    return !jobs ? jobs : !told ? told : set;
}

}  // namespace notify::iconik
