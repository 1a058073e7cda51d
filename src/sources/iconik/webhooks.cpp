#include "sources/iconik/webhooks.hpp"

#include <algorithm>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/setup_row.hpp"
#include "sources/objects/faults.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

StoreWebhook Gone(const std::string& id) {
    return {
        .id = id,
        .name = {},
        .status = "gone",
        .since = {},
        .sentence = fmt::format(
            "webhook {} is not in Iconik any more, so only scans find what is new; make it again: "
            "notifications-api iconik setup",
            id
        )
    };
}

/// " (the last error: Connection refused)", or nothing.
std::string LastError(const object& row) {
    const auto error = objects::CleanText(TextIn(row, "last_error"));
    return error.empty() ? error : fmt::format(" (the last error: {})", error);
}

StoreWebhook Standing(const object& row) {
    StoreWebhook webhook{
        .id = TextIn(row, "id"),
        .name = objects::CleanText(TextIn(row, "name")),
        .status = "enabled",
        .since = {},
        .sentence = {}
    };
    const auto status = TextIn(row, "status");
    if (status == "FAILING") {
        webhook.status = "failing";
        webhook.since = objects::CleanText(TextIn(row, "first_failed_at"));
        webhook.sentence = fmt::format(
            "Iconik does not reach {} with webhook '{}'{}; see that it is reachable from there and takes the "
            "secret, then run: notifications-api iconik setup",
            objects::CleanText(TextIn(row, "url")),
            webhook.name,
            LastError(row)
        );
    } else if (status == "DISABLED") {
        webhook.status = "disabled";
        webhook.since = objects::CleanText(TextIn(row, "date_modified"));
        webhook.sentence = fmt::format(
            "webhook '{}' is switched off in Iconik, so only scans find what is new; switch it on there, or "
            "run: notifications-api iconik setup",
            webhook.name
        );
    }
    return webhook;
}

}  // namespace

Result<std::vector<StoreWebhook>> ReadWebhooks(
    Client& client, const std::vector<std::string>& ids, const std::stop_token& stop
) {
    std::vector<StoreWebhook> webhooks;
    if (ids.empty()) {
        return webhooks;
    }
    const auto rows = ListRows(client, kWebhookKind, stop);
    if (!rows) {
        return Unexpected(rows.error());
    }
    for (const auto& id : ids) {
        const auto found = std::ranges::find(*rows, id, [](const object& row) { return TextIn(row, "id"); });
        const bool gone = found == rows->end() || TextIn(*found, "status") == "DELETED";
        webhooks.push_back(gone ? Gone(id) : Standing(*found));
    }
    return webhooks;
}

}  // namespace notify::iconik
